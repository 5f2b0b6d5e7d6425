package eventnode

import (
	"context"
	"net"
	"strconv"

	gossippb "github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	featurespb "github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
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
	endpoint *gossippb.EndPoint
}

func (g *gossipService) Read(context.Context, *shared.Empty) (*gossippb.ClusterInfo, error) {
	return &gossippb.ClusterInfo{Members: []*gossippb.MemberInfo{{
		InstanceId:   structuredUUID(g.node.instance),
		TimeStamp:    toTicks(g.node.cfg.Now()),
		State:        gossippb.MemberInfo_Leader,
		IsAlive:      true,
		HttpEndPoint: g.endpoint,
	}}}, nil
}

// gossipEndpoint is the address clients shall dial. A unix socket has none that
// gossip could carry.
func gossipEndpoint(lis net.Listener, advertise string) (*gossippb.EndPoint, bool) {
	if advertise == "" {
		if lis.Addr().Network() == "unix" {
			return nil, false
		}
		advertise = lis.Addr().String()
	}
	host, portText, err := net.SplitHostPort(advertise)
	if err != nil {
		return nil, false
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, false
	}
	return &gossippb.EndPoint{Address: host, Port: uint32(port)}, true
}
