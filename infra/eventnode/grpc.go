package eventnode

import (
	"time"

	gossippb "github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	persistentpb "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	featurespb "github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

// maxStreams bounds the calls of one connection; the client keeps further ones back
// until others end. A call costs some 50 KiB, and while it appends what it appends.
const maxStreams = 1024

// maxReceive is the message limit of the official clients.
const maxReceive = 17 << 20

// newServer builds the gRPC server of one listener. Services that are not
// registered answer UNIMPLEMENTED.
func (n *Node) newServer(gossip *gossipService, door *Door) *grpc.Server {
	options := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(maxReceive),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.WaitForHandlers(true), // Stop must not leave a handler on a closed store
		grpc.ChainUnaryInterceptor(n.unaryErrors),
		grpc.ChainStreamInterceptor(n.streamErrors),
		grpc.ForceServerCodecV2(newFrameCodec()),
		grpc.WriteBufferSize(128 << 10),
		grpc.ReadBufferSize(64 << 10),
		// Clients ping every 10 s, also without a call; gRPC's default policy would
		// throw them out for that.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{
			MinTime: 2 * time.Second, PermitWithoutStream: true,
		}),
		// A peer that answers nothing for twice this long is dropped with all its calls.
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: n.cfg.keepalive, Timeout: n.cfg.keepalive}),
	}
	server := grpc.NewServer(append(options, door.options()...)...)
	streamspb.RegisterStreamsServer(server, &streamsService{node: n})
	persistentpb.RegisterPersistentSubscriptionsServer(server, &persistentService{node: n})
	featurespb.RegisterServerFeaturesServer(server, featuresService{})
	if gossip != nil {
		gossippb.RegisterGossipServer(server, gossip)
	}
	return server
}
