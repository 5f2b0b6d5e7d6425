package eventnode

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"math"
	"strings"

	persistentpb "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/google/uuid"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
)

// persistentService offers the persistent subscriptions of the node's core.
type persistentService struct {
	persistentpb.UnimplementedPersistentSubscriptionsServer
	node *Node
}

func (s *persistentService) subscriptions() *subscriptions { return s.node.core().subscriptions }

func (s *persistentService) Create(ctx context.Context, req *persistentpb.CreateReq) (*persistentpb.CreateResp, error) {
	config, from, err := parseCreate(req.GetOptions())
	if err != nil {
		return nil, err
	}
	return &persistentpb.CreateResp{}, s.subscriptions().create(context.WithoutCancel(ctx), config, from)
}

func (s *persistentService) Update(ctx context.Context, req *persistentpb.UpdateReq) (*persistentpb.UpdateResp, error) {
	config, from, err := parseUpdate(req.GetOptions())
	if err != nil {
		return nil, err
	}
	return &persistentpb.UpdateResp{}, s.subscriptions().update(context.WithoutCancel(ctx), config, from)
}

// streamOrAll is how the other calls name a group's stream.
type streamOrAll interface {
	GetStreamIdentifier() *shared.StreamIdentifier
	GetAll() *shared.Empty
	GetGroupName() string
}

func parseGroupID(options streamOrAll) (id groupID, err error) {
	id = groupID{allStream, options.GetGroupName()}
	if options.GetAll() == nil {
		id.stream, err = groupStream(options.GetStreamIdentifier())
	}
	return id, checkGroup(id.group, err)
}

func (s *persistentService) Delete(ctx context.Context, req *persistentpb.DeleteReq) (*persistentpb.DeleteResp, error) {
	id, err := parseGroupID(req.GetOptions())
	if err != nil {
		return nil, err
	}
	return &persistentpb.DeleteResp{}, s.subscriptions().remove(context.WithoutCancel(ctx), id)
}

func (s *persistentService) GetInfo(ctx context.Context, req *persistentpb.GetInfoReq) (*persistentpb.GetInfoResp, error) {
	group, err := s.find(req.GetOptions())
	if err != nil {
		return nil, err
	}
	info, err := groupInfo(ctx, group)
	return &persistentpb.GetInfoResp{SubscriptionInfo: info}, err
}

func (s *persistentService) find(options streamOrAll) (*runner, error) {
	id, err := parseGroupID(options)
	if err != nil {
		return nil, err
	}
	return s.subscriptions().find(id)
}

func groupInfo(ctx context.Context, group *runner) (info *persistentpb.SubscriptionInfo, err error) {
	stopped := group.do(ctx, func() { info, err = group.info() })
	return info, errors.Join(stopped, err)
}

func (s *persistentService) List(ctx context.Context, req *persistentpb.ListReq) (*persistentpb.ListResp, error) {
	stream, err := listedStream(req.GetOptions())
	if err != nil {
		return nil, err
	}
	groups := s.subscriptions().list(stream)
	if len(groups) == 0 && stream != "" {
		return nil, errGroupMissing(groupID{stream: stream})
	}
	list := &persistentpb.ListResp{}
	for _, group := range groups {
		info, err := groupInfo(ctx, group)
		if err != nil {
			return nil, err
		}
		list.Subscriptions = append(list.Subscriptions, info)
	}
	return list, nil
}

// listedStream is the stream whose groups are asked for; empty = all groups.
func listedStream(options *persistentpb.ListReq_Options) (string, error) {
	switch v := options.GetListOption().(type) {
	case *persistentpb.ListReq_Options_ListAllSubscriptions:
		return "", nil
	case *persistentpb.ListReq_Options_ListForStream:
		if v.ListForStream.GetAll() != nil {
			return allStream, nil
		}
		return groupStream(v.ListForStream.GetStream())
	}
	return "", invalid("neither a stream nor all subscriptions are asked for")
}

func (s *persistentService) ReplayParked(
	ctx context.Context, req *persistentpb.ReplayParkedReq,
) (*persistentpb.ReplayParkedResp, error) {
	stopAt := int64(math.MaxInt64)
	if v, limited := req.GetOptions().GetStopAtOption().(*persistentpb.ReplayParkedReq_Options_StopAt); limited {
		if stopAt = v.StopAt; stopAt < 0 {
			return nil, invalid("a replay cannot stop at %d", stopAt)
		}
	}
	group, err := s.find(req.GetOptions())
	if err != nil {
		return nil, err
	}
	stopped := group.do(ctx, func() { err = group.replayParked(stopAt) })
	return &persistentpb.ReplayParkedResp{}, errors.Join(stopped, err)
}

func (s *persistentService) RestartSubsystem(context.Context, *shared.Empty) (*shared.Empty, error) {
	return empty, s.subscriptions().restart()
}

// Read connects a consumer. The first message says to which group; then answers
// come in while messages go out.
func (s *persistentService) Read(call persistentpb.PersistentSubscriptions_ReadServer) error {
	first, err := call.Recv()
	if err != nil {
		return err
	}
	options := first.GetOptions()
	switch {
	case options == nil:
		return invalid("the first message must be the options")
	case options.GetBufferSize() < 1:
		return invalid("the buffer size must be above zero")
	}
	group, err := s.find(options)
	if err != nil {
		return err
	}
	conn := newConnection(call.Context())
	if err := group.connect(call.Context(), int(options.GetBufferSize()), conn); err != nil {
		return err
	}
	defer group.disconnect(conn)
	defer s.node.metrics.subscribed(kindPersistent)()
	session := &persistentSession{call: call, group: group, conn: conn, encoder: encoder{structuredUUID}}
	if options.GetUuidOption().GetString_() != nil {
		session.encoder = encoder{stringUUID}
	}
	return session.run()
}

// newConnection says who the consumer is, for those who look at the group.
func newConnection(ctx context.Context) *connection {
	conn := &connection{gone: make(chan struct{}), user: "anonymous", name: "<unknown>"}
	if p, ok := peer.FromContext(ctx); ok {
		conn.from = p.Addr.String()
	}
	headers, _ := metadata.FromIncomingContext(ctx)
	if name := headers.Get("connection-name"); len(name) > 0 {
		conn.name = name[0]
	}
	if header := headers.Get("authorization"); len(header) > 0 {
		encoded, _ := strings.CutPrefix(header[0], "Basic ")
		if login, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			conn.user, _, _ = strings.Cut(string(login), ":")
		}
	}
	return conn
}

// persistentSession is one consumer's call.
type persistentSession struct {
	call    persistentpb.PersistentSubscriptions_ReadServer
	group   *runner
	conn    *connection
	encoder encoder
}

func (s *persistentSession) run() error {
	if err := s.call.Send(&persistentpb.ReadResp{Content: &persistentpb.ReadResp_SubscriptionConfirmation_{
		SubscriptionConfirmation: &persistentpb.ReadResp_SubscriptionConfirmation{SubscriptionId: s.group.id.String()},
	}}); err != nil {
		return err
	}
	answered := make(chan error, 1)
	go func() { answered <- s.receive() }() // ends when the call does
	for {
		select {
		case d := <-s.conn.out:
			if err := s.send(d); err != nil {
				return err
			}
		case <-s.conn.gone:
			return s.conn.reason
		case err := <-answered:
			return err // a consumer that cannot answer any more is none
		case <-s.call.Context().Done():
			return s.call.Context().Err()
		}
	}
}

// send passes on a message and whatever has queued up behind it.
func (s *persistentSession) send(d delivery) error {
	for n := 1; ; n++ {
		if err := s.call.Send(s.encoder.delivered(d)); err != nil {
			return err
		}
		select {
		case d = <-s.conn.out:
		default:
			return s.group.do(s.call.Context(), func() { s.group.group.sent(s.conn.consumer, n) })
		}
	}
}

// receive takes the consumer's answers until it has no more.
func (s *persistentSession) receive() error {
	for {
		request, err := s.call.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.answer(request); err != nil {
			return err
		}
	}
}

func (s *persistentSession) answer(request *persistentpb.ReadReq) error {
	group, c := s.group, s.conn.consumer
	switch v := request.GetContent().(type) {
	case *persistentpb.ReadReq_Ack_:
		ids, err := parseUUIDs(v.Ack.GetIds())
		if err != nil {
			return err
		}
		return group.do(s.call.Context(), func() { group.group.ack(c, ids, group.now()) })
	case *persistentpb.ReadReq_Nack_:
		ids, err := parseUUIDs(v.Nack.GetIds())
		if err != nil {
			return err
		}
		action := parseNack(v.Nack.GetAction())
		return group.do(s.call.Context(), func() { group.group.nack(c, ids, action, v.Nack.GetReason(), group.now()) })
	}
	return invalid("a consumer answers with an ack or a nack")
}

func parseNack(action persistentpb.ReadReq_Nack_Action) nackAction {
	switch action {
	case persistentpb.ReadReq_Nack_Park:
		return nackPark
	case persistentpb.ReadReq_Nack_Skip, persistentpb.ReadReq_Nack_Stop:
		return nackSkip
	default:
		return nackRetry
	}
}

func parseUUIDs(wire []*shared.UUID) (ids []uuid.UUID, err error) {
	for _, id := range wire {
		parsed, err := parseEventID(id)
		if err != nil {
			return nil, err
		}
		ids = append(ids, parsed)
	}
	return ids, nil
}
