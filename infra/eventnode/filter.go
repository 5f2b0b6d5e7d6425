package eventnode

import (
	"math"
	"regexp"
	"strings"

	streamspb "github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// filterWindow is how many matches end a catch-up page, and the window of a
// filter that asks for none.
const filterWindow = 32

// filter picks events of $all.
type filter struct {
	asked   bool // by the client; without it only the node's own bookkeeping is hidden
	matches func(r *record) bool

	// window is how many events may be considered before a catch-up page ends;
	// 0 = no limit.
	window int

	// interval is how many considered events lie between two checkpoints of a
	// subscription; 0 = no checkpoints.
	interval int
}

// parseFilter returns the filter a call asks for.
func parseFilter(options *streamspb.ReadReq_Options) (filter, error) {
	wanted := options.GetFilter()
	if wanted == nil {
		return filter{matches: isVisibleInAll}, nil
	}
	f := filter{asked: true, window: int(wanted.GetMax())}
	span := filterWindow
	switch wanted.GetWindow().(type) {
	case *streamspb.ReadReq_Options_FilterOptions_Max:
		if f.window == 0 {
			return f, invalid("the filter's window must be above zero")
		}
		span = f.window
	case *streamspb.ReadReq_Options_FilterOptions_Count:
	default:
		return f, invalid("the filter has no window")
	}
	f.interval = math.MaxInt
	if multiplier := int(wanted.GetCheckpointIntervalMultiplier()); multiplier == 0 || span <= math.MaxInt/multiplier {
		f.interval = span * multiplier
	}

	var subject func(r *record) string
	var expression *streamspb.ReadReq_Options_FilterOptions_Expression
	switch by := wanted.GetFilter().(type) {
	case *streamspb.ReadReq_Options_FilterOptions_EventType:
		subject, expression = func(r *record) string { return r.eventType }, by.EventType
	case *streamspb.ReadReq_Options_FilterOptions_StreamIdentifier:
		subject, expression = func(r *record) string { return r.stream }, by.StreamIdentifier
	default:
		return f, invalid("the filter names neither event types nor streams")
	}
	test, err := parseExpression(expression)
	if err != nil {
		return f, err
	}
	f.matches = func(r *record) bool { return test(subject(r)) }
	return f, nil
}

// parseExpression prefers the regular expression, as EventStoreDB does. Patterns
// are RE2 here and .NET there: what RE2 does not know is refused, not guessed.
func parseExpression(e *streamspb.ReadReq_Options_FilterOptions_Expression) (func(string) bool, error) {
	if pattern := e.GetRegex(); pattern != "" {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, invalid("this node cannot run the filter's regular expression: %v", err)
		}
		return re.MatchString, nil
	}
	prefixes := e.GetPrefix()
	if len(prefixes) == 0 {
		return nil, invalid("the filter has neither a regular expression nor prefixes")
	}
	return func(s string) bool {
		for _, prefix := range prefixes {
			if strings.HasPrefix(s, prefix) {
				return true
			}
		}
		return false
	}, nil
}

// isVisibleInAll hides the server's own bookkeeping from reads without a filter.
func isVisibleInAll(r *record) bool {
	if r.stream == "" || r.stream[0] != '$' {
		return true
	}
	if r.eventType == "$epoch-information" {
		return false
	}
	ownAll := strings.HasPrefix(r.stream, "$persistentsubscription-$all::")
	return !ownAll || !strings.HasSuffix(r.stream, "-checkpoint") && !strings.HasSuffix(r.stream, "-parked")
}
