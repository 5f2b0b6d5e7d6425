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

// maxReceive is the message limit of the official clients.
const maxReceive = 17 << 20

// newServer builds the gRPC server of one listener. Services that are not
// registered answer UNIMPLEMENTED.
func (n *Node) newServer(gossip *gossipService, door *Door) *grpc.Server {
	options := []grpc.ServerOption{
		grpc.MaxRecvMsgSize(maxReceive),
		grpc.WaitForHandlers(true), // Stop must not leave a handler on a closed store
		grpc.ChainUnaryInterceptor(n.unaryErrors),
		grpc.ChainStreamInterceptor(n.streamErrors),
		grpc.WriteBufferSize(128 << 10),
		grpc.ReadBufferSize(64 << 10),
		// Clients ping every 10 s, also without a call; gRPC's default policy would
		// throw them out for that.
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{
			MinTime: 2 * time.Second, PermitWithoutStream: true,
		}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 10 * time.Second}),
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
