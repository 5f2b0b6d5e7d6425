package eventnode

import (
	"context"
	"fmt"
	"net"
	"strconv"

	gossippb "github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	featurespb "github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"google.golang.org/grpc/metadata"
)

// serverVersion is the EventStoreDB release whose protocol the node speaks.
// Clients switch features by it, so it must not run ahead of what is implemented.
const serverVersion = "24.10.0"

// featuresService tells clients what they may call: every connection begins here.
// Only what works is listed.
type featuresService struct {
	featurespb.UnimplementedServerFeaturesServer
}

func (featuresService) GetSupportedMethods(context.Context, *shared.Empty) (*featurespb.SupportedMethods, error) {
	const (
		streams  = "event_store.client.streams.streams"
		groups   = "event_store.client.persistent_subscriptions.persistentsubscriptions"
		gossip   = "event_store.client.gossip.gossip"
		features = "event_store.client.server_features.serverfeatures"
	)
	method := func(service, name string, features ...string) *featurespb.SupportedMethod {
		return &featurespb.SupportedMethod{ServiceName: service, MethodName: name, Features: features}
	}
	return &featurespb.SupportedMethods{
		EventStoreServerVersion: serverVersion,
		Methods: []*featurespb.SupportedMethod{
			method(streams, "append"),
			method(streams, "batchappend", "deadline_duration"),
			method(streams, "delete"),
			method(streams, "read", "position", "events"),
			method(streams, "tombstone"),
			method(groups, "create", "stream", "all"),
			method(groups, "delete", "stream", "all"),
			method(groups, "getinfo", "stream", "all"),
			method(groups, "list", "stream", "all"),
			method(groups, "read", "stream", "all"),
			method(groups, "replayparked", "stream", "all"),
			method(groups, "restartsubsystem", "stream", "all"),
			method(groups, "update", "stream", "all"),
			method(gossip, "read"),
			method(features, "getsupportedmethods"),
		},
	}, nil
}

// gossipService presents the node as a cluster of one leader.
type gossipService struct {
	gossippb.UnimplementedGossipServer
	node     *Node
	endpoint *gossippb.EndPoint // nil = what the client has dialled
	own      *gossippb.EndPoint // the listener's address
}

func (g *gossipService) Read(ctx context.Context, _ *shared.Empty) (*gossippb.ClusterInfo, error) {
	return &gossippb.ClusterInfo{Members: []*gossippb.MemberInfo{{
		InstanceId:   structuredUUID(g.node.instance),
		TimeStamp:    toTicks(g.node.cfg.Now()),
		State:        gossippb.MemberInfo_Leader,
		IsAlive:      true,
		HttpEndPoint: g.address(ctx),
	}}}, nil
}

// address is where clients shall dial. The name they have dialled reaches this node
// and is in its certificate, which need not be true of the listener's address.
func (g *gossipService) address(ctx context.Context) *gossippb.EndPoint {
	if g.endpoint != nil {
		return g.endpoint
	}
	if dialled := metadata.ValueFromIncomingContext(ctx, ":authority"); len(dialled) == 1 {
		if endpoint, err := parseEndpoint(dialled[0]); err == nil {
			return endpoint
		}
	}
	return g.own
}

// newGossip is nil for a unix socket nothing is advertised for: gossip carries hosts
// and ports only.
func newGossip(n *Node, lis net.Listener, advertise string) (*gossipService, error) {
	g := &gossipService{node: n}
	var err error
	if advertise != "" {
		g.endpoint, err = parseEndpoint(advertise)
		return g, err
	}
	if lis.Addr().Network() == "unix" {
		return nil, nil
	}
	g.own, err = parseEndpoint(lis.Addr().String())
	return g, err
}

func parseEndpoint(address string) (*gossippb.EndPoint, error) {
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || host == "" || port == 0 {
		return nil, fmt.Errorf("%s is not a host and a port", address)
	}
	return &gossippb.EndPoint{Address: host, Port: uint32(port)}, nil
}
