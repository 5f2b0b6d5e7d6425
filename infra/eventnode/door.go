package eventnode

import (
	"context"
	"encoding/base64"
	"strings"

	gossippb "github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	featurespb "github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
)

// Door is what guards a listener that anybody may reach.
type Door struct {
	Certificate *Certificate
	Users       *Users
}

// options guard a server; without a door there are none.
func (d *Door) options() []grpc.ServerOption {
	if d == nil {
		return nil
	}
	return []grpc.ServerOption{
		grpc.Creds(d.Certificate.transport()),
		grpc.ChainUnaryInterceptor(func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
			if err := d.admit(ctx, info.FullMethod); err != nil {
				return nil, err
			}
			return handler(ctx, req)
		}),
		grpc.ChainStreamInterceptor(func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
			if err := d.admit(stream.Context(), info.FullMethod); err != nil {
				return err
			}
			return handler(srv, stream)
		}),
	}
}

// open are the calls by which clients find the node and what it can do. They send
// them before they say who they are.
var open = map[string]bool{
	featurespb.ServerFeatures_GetSupportedMethods_FullMethodName: true,
	gossippb.Gossip_Read_FullMethodName:                          true,
}

// admit lets a call in that comes from a user. A password that is wrong is refused
// everywhere, also where none is needed, as EventStoreDB does it. A certificate is
// not: it comes with every call, and the Go client takes a refusal while it looks
// around for a node that is not ready, and tries again for ever.
func (d *Door) admit(ctx context.Context, method string) error {
	// A certificate stands above a password: whoever shows one means it.
	if v := visitorOf(ctx); v.certificate && !open[method] {
		if !d.Users.knows(v.login) {
			return unauthenticated("the client's certificate is not one of a user of this node")
		}
		return nil
	}
	header := metadata.ValueFromIncomingContext(ctx, "authorization")
	if len(header) == 0 {
		if open[method] {
			return nil
		}
		return unauthenticated("this node answers users only: credentials are missing")
	}
	login, password, ok := basicCredentials(header)
	if !ok {
		return unauthenticated("credentials of the form login and password (Basic) are expected")
	}
	switch right, err := d.Users.verify(ctx, login, password); {
	case err != nil:
		return err
	case !right:
		return unauthenticated("login or password is wrong")
	}
	return nil
}

func unauthenticated(message string) error {
	return &callError{code: codes.Unauthenticated, message: message}
}

// visitorOf tells a call's connection.
func visitorOf(ctx context.Context) visitor {
	if caller, ok := peer.FromContext(ctx); ok {
		if v, ok := caller.AuthInfo.(visitor); ok {
			return v
		}
	}
	return visitor{}
}

func basicCredentials(header []string) (login, password string, ok bool) {
	if len(header) != 1 {
		return "", "", false
	}
	scheme, encoded, _ := strings.Cut(header[0], " ")
	if !strings.EqualFold(scheme, "basic") {
		return "", "", false
	}
	decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(decoded), ":")
}
