package eventnode

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	persistentpb "github.com/EventStore/EventStore-Client-Go/v4/protos/persistent"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

const allStream = "$all"

// groupSettings is how a group was asked to work.
type groupSettings struct {
	ResolveLinks       bool          `json:"resolveLinks"`
	ExtraStatistics    bool          `json:"extraStatistics"`
	MessageTimeout     time.Duration `json:"messageTimeout"` // 0 = never
	CheckpointAfter    time.Duration `json:"checkpointAfter"`
	MaxRetryCount      int           `json:"maxRetryCount"`
	MinCheckpointCount int           `json:"minCheckpointCount"`
	MaxCheckpointCount int           `json:"maxCheckpointCount"`
	MaxSubscriberCount int           `json:"maxSubscriberCount"` // 0 = no bound
	LiveBufferSize     int           `json:"liveBufferSize"`
	ReadBatchSize      int           `json:"readBatchSize"`
	HistoryBufferSize  int           `json:"historyBufferSize"`
	Strategy           string        `json:"strategy"`
}

// groupID names a group: one stream, or $all, may have many.
type groupID struct{ stream, group string }

func (id groupID) String() string { return id.stream + "::" + id.group }

func (id groupID) all() bool { return id.stream == allStream }

func (id groupID) checkpointStream() string {
	return "$persistentsubscription-" + id.String() + "-checkpoint"
}

func (id groupID) parkedStream() string { return "$persistentsubscription-" + id.String() + "-parked" }

// groupConfig is what is kept of a group: enough to bring it back after a restart.
type groupConfig struct {
	Stream string `json:"stream"`
	Group  string `json:"group"`

	// StartFrom is where the group was asked to start, in the words of the protocol.
	StartFrom string `json:"startFrom"`

	// Begin is the first place it wants. The end of the stream was resolved when
	// the group was made: what came afterwards is its business, also when the
	// node restarts before the first checkpoint.
	Begin int64 `json:"begin"`

	Filter   *groupFilter  `json:"filter,omitempty"`
	Settings groupSettings `json:"settings"`
}

func (c *groupConfig) id() groupID { return groupID{c.Stream, c.Group} }

// groupFilter picks the events of $all that a group is for.
type groupFilter struct {
	ByStream bool     `json:"byStream"` // else by event type
	Regex    string   `json:"regex,omitempty"`
	Prefixes []string `json:"prefixes,omitempty"`
}

// matcher tells which events are for the group. A group of $all never sees the
// checkpoints and parked messages of such groups: its own would keep it busy for ever.
func (f *groupFilter) matcher() (func(r *record) bool, error) {
	if f == nil {
		return isVisibleInAll, nil
	}
	test, err := parseExpression(&streamspb.ReadReq_Options_FilterOptions_Expression{Regex: f.Regex, Prefix: f.Prefixes})
	if err != nil {
		return nil, err
	}
	return func(r *record) bool {
		subject := r.eventType
		if f.ByStream {
			subject = r.stream
		}
		return test(subject) && isVisibleInAll(r)
	}, nil
}

func parseGroupFilter(options *persistentpb.CreateReq_AllOptions) (*groupFilter, error) {
	wanted := options.GetFilter()
	if wanted == nil {
		return nil, nil //nolint:nilnil // no filter is a filter too: the group is for every event
	}
	if _, limited := wanted.GetWindow().(*persistentpb.CreateReq_AllOptions_FilterOptions_Max); limited && wanted.GetMax() == 0 {
		return nil, invalid("the filter's window must be above zero")
	}
	f := &groupFilter{}
	var expression *persistentpb.CreateReq_AllOptions_FilterOptions_Expression
	switch by := wanted.GetFilter().(type) {
	case *persistentpb.CreateReq_AllOptions_FilterOptions_EventType:
		expression = by.EventType
	case *persistentpb.CreateReq_AllOptions_FilterOptions_StreamIdentifier:
		f.ByStream, expression = true, by.StreamIdentifier
	default:
		return nil, invalid("the filter names neither event types nor streams")
	}
	f.Regex, f.Prefixes = expression.GetRegex(), expression.GetPrefix()
	_, err := f.matcher()
	return f, err
}

// wireSettings is what the settings of Create and Update have in common.
type wireSettings interface {
	GetResolveLinks() bool
	GetExtraStatistics() bool
	GetMaxRetryCount() int32
	GetMinCheckpointCount() int32
	GetMaxCheckpointCount() int32
	GetMaxSubscriberCount() int32
	GetLiveBufferSize() int32
	GetReadBatchSize() int32
	GetHistoryBufferSize() int32
	GetMessageTimeoutTicks() int64
	GetMessageTimeoutMs() int32
	GetCheckpointAfterTicks() int64
	GetCheckpointAfterMs() int32
}

func parseSettings(wire wireSettings, strategy string) groupSettings {
	return groupSettings{
		ResolveLinks:       wire.GetResolveLinks(),
		ExtraStatistics:    wire.GetExtraStatistics(),
		MessageTimeout:     wireDuration(wire.GetMessageTimeoutTicks(), wire.GetMessageTimeoutMs()),
		CheckpointAfter:    wireDuration(wire.GetCheckpointAfterTicks(), wire.GetCheckpointAfterMs()),
		MaxRetryCount:      int(wire.GetMaxRetryCount()),
		MinCheckpointCount: int(wire.GetMinCheckpointCount()),
		MaxCheckpointCount: int(wire.GetMaxCheckpointCount()),
		MaxSubscriberCount: int(wire.GetMaxSubscriberCount()),
		LiveBufferSize:     int(wire.GetLiveBufferSize()),
		ReadBatchSize:      int(wire.GetReadBatchSize()),
		HistoryBufferSize:  int(wire.GetHistoryBufferSize()),
		Strategy:           strategy,
	}
}

// wireDuration reads a duration of which only one of both is set.
func wireDuration(ticks int64, ms int32) time.Duration {
	const most = math.MaxInt64 / 100
	return time.Duration(min(ticks, most))*100 + time.Duration(ms)*time.Millisecond
}

// fault says what is wrong with the settings; empty = nothing.
func (s *groupSettings) fault() string {
	switch {
	case !knownStrategy(s.Strategy):
		return fmt.Sprintf("Consumer strategy %s does not exist.", s.Strategy)
	case s.ReadBatchSize < 1:
		return "The read batch size must be above zero."
	case s.ReadBatchSize >= s.HistoryBufferSize:
		return "The read batch size must be below the history buffer size."
	case s.LiveBufferSize < 0:
		return "The live buffer size must not be below zero."
	case s.MessageTimeout < 0 || s.CheckpointAfter < 0:
		return "The message timeout and the time between checkpoints must not be below zero."
	}
	return ""
}

// start is where a group shall begin: a place, or the end. The words of the
// protocol for it are "0" and "-1", and for $all "C:0/P:0" and "C:-1/P:-1".
type start struct {
	end   bool
	place int64
}

func (s start) words(all bool) string {
	place := s.place
	if s.end {
		place = noPlace
	}
	return placeWords(place, all)
}

// placeWords writes a place as checkpoints and figures carry it.
func placeWords(place int64, all bool) string {
	if all {
		return fmt.Sprintf("C:%d/P:%d", place, place)
	}
	return strconv.FormatInt(place, 10)
}

// parseCheckpoint reads the data of a checkpoint event: a place as a JSON string,
// or as the bare number of older servers.
func parseCheckpoint(data []byte, all bool) (int64, error) {
	var words string
	if err := json.Unmarshal(data, &words); err != nil {
		words = string(data)
	}
	if all {
		commit, _, ok := strings.Cut(strings.TrimPrefix(words, "C:"), "/P:")
		if !ok {
			return noPlace, fmt.Errorf("not a checkpoint of $all: %s", data)
		}
		words = commit
	}
	place, err := strconv.ParseInt(words, 10, 64)
	if err != nil || place < noPlace {
		return noPlace, fmt.Errorf("not a checkpoint: %s", data)
	}
	return place, nil
}

func parseCreate(options *persistentpb.CreateReq_Options) (config groupConfig, from start, err error) {
	settings := options.GetSettings()
	strategy := settings.GetConsumerStrategy()
	if strategy == "" {
		strategy = settings.GetNamedConsumerStrategy().String() //nolint:staticcheck // older clients have no other way
	}
	config = groupConfig{Group: options.GetGroupName(), Settings: parseSettings(settings, strategy)}
	switch v := options.GetStreamOption().(type) {
	case *persistentpb.CreateReq_Options_All:
		config.Stream = allStream
		switch at := v.All.GetAllOption().(type) {
		case *persistentpb.CreateReq_AllOptions_Position:
			from, err = startPosition(at.Position.GetCommitPosition(), at.Position.GetPreparePosition())
		case *persistentpb.CreateReq_AllOptions_End:
			from.end = true
		case *persistentpb.CreateReq_AllOptions_Start:
		default:
			err = invalid("the position to begin at is missing")
		}
		if err == nil {
			config.Filter, err = parseGroupFilter(v.All)
		}
	case *persistentpb.CreateReq_Options_Stream:
		config.Stream, err = groupStream(v.Stream.GetStreamIdentifier())
		switch at := v.Stream.GetRevisionOption().(type) {
		case *persistentpb.CreateReq_StreamOptions_Revision:
			from = startRevision(at.Revision)
		case *persistentpb.CreateReq_StreamOptions_End:
			from.end = true
		}
	default:
		// Clients from before $all name the stream beside its options.
		config.Stream, err = groupStream(options.GetStreamIdentifier()) //nolint:staticcheck // they do
		from = startRevision(settings.GetRevision())                    //nolint:staticcheck // they do
	}
	return config, from, checkGroup(config.Group, err)
}

func parseUpdate(options *persistentpb.UpdateReq_Options) (config groupConfig, from start, err error) {
	settings := options.GetSettings()
	config = groupConfig{
		Group:    options.GetGroupName(),
		Settings: parseSettings(settings, settings.GetNamedConsumerStrategy().String()),
	}
	switch v := options.GetStreamOption().(type) {
	case *persistentpb.UpdateReq_Options_All:
		config.Stream = allStream
		switch at := v.All.GetAllOption().(type) {
		case *persistentpb.UpdateReq_AllOptions_Position:
			from, err = startPosition(at.Position.GetCommitPosition(), at.Position.GetPreparePosition())
		case *persistentpb.UpdateReq_AllOptions_End:
			from.end = true
		case *persistentpb.UpdateReq_AllOptions_Start:
		default:
			err = invalid("the position to begin at is missing")
		}
	case *persistentpb.UpdateReq_Options_Stream:
		config.Stream, err = groupStream(v.Stream.GetStreamIdentifier())
		switch at := v.Stream.GetRevisionOption().(type) {
		case *persistentpb.UpdateReq_StreamOptions_Revision:
			from = startRevision(at.Revision)
		case *persistentpb.UpdateReq_StreamOptions_End:
			from.end = true
		}
	default:
		config.Stream, err = groupStream(options.GetStreamIdentifier()) //nolint:staticcheck // as in parseCreate
		from = startRevision(settings.GetRevision())                    //nolint:staticcheck // as in parseCreate
	}
	return config, from, checkGroup(config.Group, err)
}

func checkGroup(name string, err error) error {
	if err == nil && name == "" {
		err = invalid("the group name is empty")
	}
	return err
}

// groupStream validates the stream of a group. $all goes by an option of its own.
func groupStream(identifier *shared.StreamIdentifier) (string, error) {
	name, err := streamName(identifier)
	if err == nil && name == allStream {
		err = invalid("'$all' is not asked for by name")
	}
	return name, err
}

func startRevision(revision uint64) start {
	if revision == math.MaxUint64 {
		return start{end: true}
	}
	return start{place: asRevision(revision)}
}

func startPosition(commit, prepare uint64) (start, error) {
	switch {
	case commit == math.MaxUint64:
		return start{end: true}, nil
	case commit < prepare || commit > math.MaxInt64:
		return start{}, invalid("Trying to read from an invalid position.")
	}
	return start{place: int64(commit)}, nil
}
