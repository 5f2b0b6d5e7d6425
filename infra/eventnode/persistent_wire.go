package eventnode

import (
	"fmt"

	persistentpb "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"google.golang.org/grpc/codes"
)

func groupError(id groupID, code codes.Code, exception, message string) *callError {
	return &callError{
		code: code, message: message,
		trailers: []string{"exception", exception, "stream-name", id.stream, "group-name", id.group},
	}
}

func errGroupMissing(id groupID) error {
	return groupError(id, codes.NotFound, "persistent-subscription-does-not-exist",
		fmt.Sprintf("Subscription group %s on stream %s does not exist.", id.group, id.stream))
}

func errGroupExists(id groupID) error {
	return groupError(id, codes.AlreadyExists, "persistent-subscription-exists",
		fmt.Sprintf("Subscription group %s on stream %s exists.", id.group, id.stream))
}

func errGroupFailed(id groupID, reason string) error {
	err := groupError(id, codes.Internal, "persistent-subscription-failed",
		fmt.Sprintf("Subscription group %s on stream %s failed: '%s'", id.group, id.stream, reason))
	err.trailers = append(err.trailers, "reason", reason)
	return err
}

func errGroupFull(id groupID) error {
	return groupError(id, codes.FailedPrecondition, "maximum-subscribers-reached",
		fmt.Sprintf("Maximum subscriptions reached for subscription group %s on stream %s.", id.group, id.stream))
}

func errGroupDropped(id groupID) error {
	return groupError(id, codes.Canceled, "persistent-subscription-dropped",
		fmt.Sprintf("Subscription group %s on stream %s was dropped.", id.group, id.stream))
}

// delivered encodes a message for its consumer.
func (e encoder) delivered(d delivery) *persistentpb.ReadResp {
	m := d.message
	read := &persistentpb.ReadResp_ReadEvent{
		Position: &persistentpb.ReadResp_ReadEvent_CommitPosition{CommitPosition: m.event.position},
		Count:    &persistentpb.ReadResp_ReadEvent_RetryCount{RetryCount: int32(d.retries)},
	}
	if !m.isLink {
		read.Event = e.persistentRecord(m.event)
	} else {
		read.Link = e.persistentRecord(m.event)
		if m.target != nil {
			read.Event = e.persistentRecord(m.target)
		}
	}
	return &persistentpb.ReadResp{Content: &persistentpb.ReadResp_Event{Event: read}}
}

// persistentRecord is an event in the words of this service, which has a type of
// its own for the same thing.
func (e encoder) persistentRecord(r *record) *persistentpb.ReadResp_ReadEvent_RecordedEvent {
	event := e.recorded(r)
	return &persistentpb.ReadResp_ReadEvent_RecordedEvent{
		Id:               event.Id,
		StreamIdentifier: event.StreamIdentifier,
		StreamRevision:   event.StreamRevision,
		PreparePosition:  event.PreparePosition,
		CommitPosition:   event.CommitPosition,
		Metadata:         event.Metadata,
		CustomMetadata:   event.CustomMetadata,
		Data:             event.Data,
	}
}

// info describes the group. The averages are those since it was asked the last time.
func (g *runner) info() (*persistentpb.SubscriptionInfo, error) {
	s := &g.config.Settings
	info := &persistentpb.SubscriptionInfo{
		EventSource: g.id.stream, GroupName: g.id.group, Status: g.status(), StartFrom: g.config.StartFrom,
		ResolveLinkTos: s.ResolveLinks, ExtraStatistics: s.ExtraStatistics,
		MessageTimeoutMilliseconds:  int32(s.MessageTimeout.Milliseconds()),
		CheckPointAfterMilliseconds: int32(s.CheckpointAfter.Milliseconds()),
		MaxRetryCount:               int32(s.MaxRetryCount), LiveBufferSize: int32(s.LiveBufferSize),
		BufferSize: int32(s.HistoryBufferSize), ReadBatchSize: int32(s.ReadBatchSize),
		MinCheckPointCount: int32(s.MinCheckpointCount), MaxCheckPointCount: int32(s.MaxCheckpointCount),
		MaxSubscriberCount: int32(s.MaxSubscriberCount), NamedConsumerStrategy: s.Strategy,
	}
	if g.group == nil {
		return info, nil
	}
	last, err := g.source.last()
	if err != nil {
		return nil, err
	}
	if last >= 0 {
		info.LastKnownEventPosition = placeWords(last, g.id.all())
	}
	if place := g.group.checkpoint.place; place >= 0 {
		info.LastCheckpointedEventPosition = placeWords(place, g.id.all())
	}
	if info.ParkedMessageCount, err = g.parkedCount(); err != nil {
		return nil, err
	}
	g.describe(info)
	return info, nil
}

// describe adds the figures of the moment.
func (g *runner) describe(info *persistentpb.SubscriptionInfo) {
	now, group := g.now(), g.group
	info.TotalItems = group.items.total
	info.CountSinceLastMeasurement, info.AveragePerSecond = group.items.measure(now)
	if g.atEnd {
		info.LiveBufferCount = int64(group.fresh.Len())
	} else {
		info.ReadBufferCount = int32(group.fresh.Len())
	}
	info.RetryBufferCount = int32(group.retry.Len())
	info.TotalInFlightMessages = int32(group.flight.Len())
	info.OutstandingMessagesCount = int32(group.flight.Len() + len(group.parks) + len(group.parking))
	for _, c := range group.consumers {
		conn := g.connections[c]
		count, perSecond := c.items.measure(now)
		info.Connections = append(info.Connections, &persistentpb.SubscriptionInfo_ConnectionInfo{
			From: conn.from, Username: conn.user, ConnectionName: conn.name,
			TotalItems: c.items.total, CountSinceLastMeasurement: count, AverageItemsPerSecond: perSecond,
			InFlightMessages: int32(c.count), AvailableSlots: int32(c.buffer - c.count),
			ObservedMeasurements: c.timings.measurements(),
		})
	}
}

// status is the group's state in the words of EventStoreDB.
func (g *runner) status() string {
	if g.group == nil {
		return "NotReady"
	}
	status := "Behind"
	if g.atEnd {
		status = "Live"
	}
	if g.parkedNext < g.replayEnd {
		status = "ReplayingParkedMessages, " + status
	}
	return status
}

// parkedCount is how many parked messages no replay has taken.
func (g *runner) parkedCount() (int64, error) {
	v, err := g.links.view(g.id.parkedStream())
	if err != nil || v.softDeleted || !v.exists {
		return 0, err
	}
	return max(0, v.last+1-max(v.first, g.parkedNext)), nil
}
