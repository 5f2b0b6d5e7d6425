package main

import (
	"context"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
)

// goClient is the official Go client, connected to a node in a process of its own.
type goClient struct {
	*esdb.Client
	caller *esdb.Credentials // for calls that say who they are themselves; nil without encryption
}

// dialGo connects without giving up while the node is away.
func dialGo(t *testing.T, node *nodeProcess, g *guard, user *url.Userinfo) *esdb.Client {
	t.Helper()
	query := url.Values{"tls": {"false"}, "maxDiscoverAttempts": {"1000000"}, "discoveryInterval": {"20"}}
	if g != nil {
		query.Set("tls", "true")
		query.Set("tlsCAFile", g.ca)
	}
	config, err := esdb.ParseConnectionString((&url.URL{Scheme: "esdb", User: user, Host: node.address, RawQuery: query.Encode()}).String())
	if err != nil {
		t.Fatal(err)
	}
	config.Logger = esdb.NoopLogging()
	client, err := esdb.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// What the official Go client offers for streams and persistent subscriptions works against the node's process, over both
// kinds of address, with the connection's password and with that of the call, and goes on after a restart of the node.
func TestNodeGoClient(t *testing.T) {
	t.Parallel()
	t.Run("open", func(t *testing.T) {
		t.Parallel()
		node := startNode(t, "--listen", "127.0.0.1:0")
		c := goClient{Client: dialGo(t, node, nil, nil)}
		c.everything(t)
		c.restart(t, node)
	})
	t.Run("guarded", func(t *testing.T) {
		t.Parallel()
		node, g := guardedNode(t)
		caller := &esdb.Credentials{Login: g.user, Password: g.password}
		t.Run("nobody", func(t *testing.T) { refused(t, dialGo(t, node, &g, nil), nil) })
		t.Run("wrong password", func(t *testing.T) { refused(t, dialGo(t, node, &g, url.UserPassword(g.user, "wrong")), nil) })
		known := dialGo(t, node, &g, url.UserPassword(g.user, g.password))
		t.Run("wrong password of the call", func(t *testing.T) {
			refused(t, known, &esdb.Credentials{Login: g.user, Password: "wrong"})
		})
		t.Run("password of the call", func(t *testing.T) { goClient{dialGo(t, node, &g, nil), caller}.everything(t) })
		c := goClient{Client: known}
		t.Run("password of the connection", c.everything)
		c.restart(t, node)
	})
}

func (c goClient) everything(t *testing.T) {
	t.Helper()
	t.Run("streams", c.streams)
	t.Run("deletes", c.deletes)
	t.Run("subscriptions", c.subscriptions)
	t.Run("groups", c.groups)
}

// refused tries what somebody who is not let in may want.
func refused(t *testing.T, c *esdb.Client, caller *esdb.Credentials) {
	t.Helper()
	ctx := patient(t)
	_, err := c.AppendToStream(ctx, "s", esdb.AppendToStreamOptions{Authenticated: caller}, letters("a")...)
	wantCode(t, "append", err, esdb.ErrorCodeUnauthenticated)
	read, err := c.ReadAll(ctx, esdb.ReadAllOptions{Authenticated: caller}, 1)
	if err == nil {
		_, err = read.Recv()
	}
	wantCode(t, "read", err, esdb.ErrorCodeUnauthenticated)
	err = c.CreatePersistentSubscription(ctx, "s", "g", esdb.PersistentStreamSubscriptionOptions{Authenticated: caller})
	wantCode(t, "group", err, esdb.ErrorCodeUnauthenticated)
}

func wantCode(t *testing.T, what string, err error, code esdb.ErrorCode) {
	t.Helper()
	var told *esdb.Error
	if !errors.As(err, &told) || told.Code() != code {
		t.Errorf("%s: %v, want code %d", what, err, code)
	}
}

// patient bounds a call that a broken node would leave hanging.
func patient(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// letters are events, one for each letter.
func letters(word string) (events []esdb.EventData) {
	for _, letter := range word {
		events = append(events, esdb.EventData{
			EventID: uuid.New(), EventType: string(letter), ContentType: esdb.ContentTypeJson, Data: []byte(`{}`),
		})
	}
	return events
}

func (c goClient) append(t *testing.T, stream string, expected esdb.ExpectedRevision, word string) *esdb.WriteResult {
	t.Helper()
	result, err := c.AppendToStream(patient(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: expected, Authenticated: c.caller}, letters(word)...)
	if err != nil {
		t.Fatalf("append %s to %s: %v", word, stream, err)
	}
	return result
}

func (c goClient) read(t *testing.T, stream string, options esdb.ReadStreamOptions) (string, error) {
	t.Helper()
	options.Authenticated = c.caller
	read, err := c.ReadStream(patient(t), stream, options, 100)
	if err != nil {
		return "", err
	}
	return spell(read)
}

// spell puts the letters of a read together again; a link whose target is gone is a dash.
func spell(read *esdb.ReadStream) (word string, err error) {
	defer read.Close()
	for {
		event, err := read.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return word, nil
		case err != nil:
			return word, err
		case event.Event == nil:
			word += "-"
		default:
			word += event.Event.EventType
		}
	}
}

func (c goClient) wantStream(t *testing.T, stream string, options esdb.ReadStreamOptions, want string) {
	t.Helper()
	if word, err := c.read(t, stream, options); err != nil || word != want {
		t.Errorf("%s reads as %q, %v; want %q", stream, word, err, want)
	}
}

func (c goClient) streams(t *testing.T) {
	stream, links := uuid.NewString(), uuid.NewString()
	first := c.append(t, stream, esdb.NoStream{}, "ab")
	c.append(t, stream, esdb.Revision(1), "c")
	c.append(t, stream, esdb.StreamExists{}, "d")
	if last := c.append(t, stream, esdb.Any{}, "e"); last.NextExpectedVersion != 4 || last.CommitPosition <= first.CommitPosition {
		t.Errorf("the last append answers %+v after %+v", last, first)
	}
	c.wantStream(t, stream, esdb.ReadStreamOptions{}, "abcde")
	c.wantStream(t, stream, esdb.ReadStreamOptions{From: esdb.Revision(3)}, "de")
	c.wantStream(t, stream, esdb.ReadStreamOptions{From: esdb.End{}, Direction: esdb.Backwards}, "edcba")
	for _, wrong := range []esdb.ExpectedRevision{esdb.NoStream{}, esdb.Revision(9)} {
		_, err := c.AppendToStream(patient(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: wrong, Authenticated: c.caller}, letters("x")...)
		wantCode(t, "append", err, esdb.ErrorCodeWrongExpectedVersion)
	}
	read, err := c.ReadAll(patient(t), esdb.ReadAllOptions{
		From: esdb.Position{Commit: first.CommitPosition, Prepare: first.PreparePosition}, Authenticated: c.caller}, 4)
	if err != nil {
		t.Fatal(err)
	}
	if word, err := spell(read); err != nil || word != "bcde" {
		t.Errorf("$all reads as %q, %v", word, err)
	}

	link := func(to string) esdb.EventData {
		return esdb.EventData{EventID: uuid.New(), EventType: "$>", ContentType: esdb.ContentTypeBinary, Data: []byte(to)}
	}
	if _, err := c.AppendToStream(patient(t), links, esdb.AppendToStreamOptions{Authenticated: c.caller}, link("1@"+stream), link("9@"+stream)); err != nil {
		t.Fatal(err)
	}
	c.wantStream(t, links, esdb.ReadStreamOptions{ResolveLinkTos: true}, "b-")
	c.wantStream(t, links, esdb.ReadStreamOptions{}, "$>$>")

	var meta esdb.StreamMetadata
	meta.SetMaxCount(2)
	meta.SetMaxAge(time.Hour)
	meta.AddCustomProperty("owner", "sales")
	if _, err := c.SetStreamMetadata(patient(t), stream, esdb.AppendToStreamOptions{Authenticated: c.caller}, meta); err != nil {
		t.Fatal(err)
	}
	found, err := c.GetStreamMetadata(patient(t), stream, esdb.ReadStreamOptions{Authenticated: c.caller})
	if err != nil || *found.MaxCount() != 2 || *found.MaxAge() != time.Hour || found.CustomProperty("owner") != "sales" {
		t.Errorf("metadata is %+v, %v", found, err)
	}
	c.wantStream(t, stream, esdb.ReadStreamOptions{}, "de")
}

func (c goClient) deletes(t *testing.T) {
	stream := uuid.NewString()
	_, err := c.read(t, stream, esdb.ReadStreamOptions{})
	wantCode(t, "read", err, esdb.ErrorCodeResourceNotFound)
	c.append(t, stream, esdb.NoStream{}, "ab")
	_, err = c.DeleteStream(patient(t), stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Revision(7), Authenticated: c.caller})
	if err == nil {
		t.Error("deleted at a wrong revision")
	}
	if _, err := c.DeleteStream(patient(t), stream, esdb.DeleteStreamOptions{ExpectedRevision: esdb.Revision(1), Authenticated: c.caller}); err != nil {
		t.Fatal(err)
	}
	_, err = c.read(t, stream, esdb.ReadStreamOptions{})
	wantCode(t, "read", err, esdb.ErrorCodeResourceNotFound)
	if again := c.append(t, stream, esdb.NoStream{}, "c"); again.NextExpectedVersion != 2 {
		t.Errorf("the numbers go on with %d", again.NextExpectedVersion)
	}
	c.wantStream(t, stream, esdb.ReadStreamOptions{}, "c")
	if _, err := c.TombstoneStream(patient(t), stream, esdb.TombstoneStreamOptions{ExpectedRevision: esdb.Revision(2), Authenticated: c.caller}); err != nil {
		t.Fatal(err)
	}
	_, err = c.read(t, stream, esdb.ReadStreamOptions{})
	wantCode(t, "read", err, esdb.ErrorCodeStreamDeleted)
	_, err = c.AppendToStream(patient(t), stream, esdb.AppendToStreamOptions{Authenticated: c.caller}, letters("d")...)
	wantCode(t, "append", err, esdb.ErrorCodeStreamDeleted)
}

// heard receives until a number of letters has come, and says whether a checkpoint and "caught up" came too.
func heard(t *testing.T, sub *esdb.Subscription, count int) (word string, checkpoint, caughtUp bool) {
	t.Helper()
	for len(word) < count {
		switch event := sub.Recv(); {
		case event.EventAppeared != nil:
			word += event.EventAppeared.Event.EventType
		case event.CheckPointReached != nil:
			checkpoint = true
		case event.CaughtUp != nil:
			caughtUp = true
		case event.SubscriptionDropped != nil:
			t.Fatalf("dropped after %q: %v", word, event.SubscriptionDropped.Error)
		}
	}
	return word, checkpoint, caughtUp
}

func (c goClient) subscriptions(t *testing.T) {
	stream := uuid.NewString()
	first := c.append(t, stream, esdb.NoStream{}, "abc")
	one, err := c.SubscribeToStream(patient(t), stream, esdb.SubscribeToStreamOptions{From: esdb.Revision(0), Authenticated: c.caller})
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	all, err := c.SubscribeToAll(patient(t), esdb.SubscribeToAllOptions{
		From: esdb.Start{}, Authenticated: c.caller, MaxSearchWindow: 1, CheckpointInterval: 1,
		Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{stream}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	if word, _, _ := heard(t, one, 2); word != "bc" {
		t.Errorf("behind revision 0 come %q", word)
	}
	if word, checkpoint, _ := heard(t, all, 3); word != "abc" || !checkpoint {
		t.Errorf("the filter lets %q through, a checkpoint came: %t", word, checkpoint)
	}
	c.append(t, stream, esdb.Revision(2), "d")
	if word, _, caughtUp := heard(t, one, 1); word != "d" || !caughtUp {
		t.Errorf("live comes %q, caught up: %t", word, caughtUp)
	}
	if word, _, caughtUp := heard(t, all, 1); word != "d" || !caughtUp {
		t.Errorf("live comes %q, caught up: %t", word, caughtUp)
	}
	from := esdb.Position{Commit: first.CommitPosition, Prepare: first.PreparePosition}
	later, err := c.SubscribeToAll(patient(t), esdb.SubscribeToAllOptions{From: from, Authenticated: c.caller})
	if err != nil {
		t.Fatal(err)
	}
	if word, _, _ := heard(t, later, 1); word != "d" {
		t.Errorf("behind the position of c comes %q", word)
	}
	if err := later.Close(); err != nil {
		t.Error(err)
	}
	if later.Recv().SubscriptionDropped == nil {
		t.Error("a closed subscription goes on")
	}
}

// served receives the next event of a group.
func served(t *testing.T, sub *esdb.PersistentSubscription) *esdb.EventAppeared {
	t.Helper()
	event := sub.Recv()
	if event.EventAppeared == nil {
		t.Fatalf("no event but %+v", event)
	}
	return event.EventAppeared
}

// untilParked waits for a parked message: a group parks after it has taken the consumer's word for it.
func (c goClient) untilParked(t *testing.T, stream, group string) {
	t.Helper()
	for ctx := patient(t); ; {
		info, err := c.GetPersistentSubscriptionInfo(ctx, stream, group, esdb.GetPersistentSubscriptionOptions{Authenticated: c.caller})
		if err != nil {
			t.Fatal(err)
		}
		if info.Stats.ParkedMessagesCount > 0 {
			return
		}
	}
}

func (c goClient) groups(t *testing.T) {
	stream, all := uuid.NewString(), uuid.NewString()
	settings := esdb.SubscriptionSettingsDefault()
	settings.ConsumerStrategyName = esdb.ConsumerStrategyDispatchToSingle
	options := esdb.PersistentStreamSubscriptionOptions{Settings: &settings, StartFrom: esdb.Start{}, Authenticated: c.caller}
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	must("create", c.CreatePersistentSubscription(patient(t), stream, "g", options))
	wantCode(t, "create again", c.CreatePersistentSubscription(patient(t), stream, "g", options), esdb.ErrorCodeResourceAlreadyExists)
	must("create for all", c.CreatePersistentSubscriptionToAll(patient(t), all, esdb.PersistentAllSubscriptionOptions{
		StartFrom: esdb.Start{}, Authenticated: c.caller, Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{stream}},
	}))
	c.append(t, stream, esdb.NoStream{}, "abcd")
	sub, err := c.SubscribeToPersistentSubscription(patient(t), stream, "g", esdb.SubscribeToPersistentSubscriptionOptions{BufferSize: 1, Authenticated: c.caller})
	must("subscribe", err)
	defer sub.Close()
	var word strings.Builder
	for _, action := range []esdb.NackAction{esdb.NackActionPark, esdb.NackActionSkip, esdb.NackActionRetry} {
		event := served(t, sub)
		word.WriteString(event.Event.Event.EventType)
		must("nack", sub.Nack("not now", action, event.Event))
	}
	retried := served(t, sub)
	must("ack", sub.Ack(retried.Event))
	last := served(t, sub)
	must("ack", sub.Ack(last.Event))
	if got := word.String() + retried.Event.Event.EventType + last.Event.Event.EventType; got != "abccd" || retried.RetryCount != 1 {
		t.Errorf("the group serves %q, retried %d times", got, retried.RetryCount)
	}
	c.untilParked(t, stream, "g")
	must("replay", c.ReplayParkedMessages(patient(t), stream, "g", esdb.ReplayParkedMessagesOptions{Authenticated: c.caller}))
	replayed := served(t, sub)
	if replayed.Event.Event.EventType != "a" || replayed.Event.Link == nil {
		t.Errorf("replayed is %+v", replayed.Event)
	}
	must("ack", sub.Ack(replayed.Event))

	info, err := c.GetPersistentSubscriptionInfo(patient(t), stream, "g", esdb.GetPersistentSubscriptionOptions{Authenticated: c.caller})
	must("info", err)
	if info.Settings.ConsumerStrategyName != esdb.ConsumerStrategyDispatchToSingle || len(info.Connections) != 1 || *info.Stats.LastKnownEventRevision != 3 {
		t.Errorf("info is %+v %+v", info, info.Stats)
	}
	list := esdb.ListPersistentSubscriptionsOptions{Authenticated: c.caller}
	ofStream, err := c.ListPersistentSubscriptionsForStream(patient(t), stream, list)
	must("list of the stream", err)
	ofAll, err := c.ListPersistentSubscriptionsToAll(patient(t), list)
	must("list of $all", err)
	every, err := c.ListAllPersistentSubscriptions(patient(t), list)
	must("list", err)
	named := func(group string) func(esdb.PersistentSubscriptionInfo) bool {
		return func(i esdb.PersistentSubscriptionInfo) bool { return i.GroupName == group }
	}
	if len(ofStream) != 1 || !slices.ContainsFunc(ofAll, named(all)) || !slices.ContainsFunc(every, named(all)) || !slices.ContainsFunc(every, named("g")) {
		t.Errorf("%d groups of the stream, %d of $all, %d at all", len(ofStream), len(ofAll), len(every))
	}

	wide, err := c.SubscribeToPersistentSubscriptionToAll(patient(t), all, esdb.SubscribeToPersistentSubscriptionOptions{Authenticated: c.caller})
	must("subscribe to $all", err)
	defer wide.Close()
	if event := served(t, wide); event.Event.Event.EventType != "a" {
		t.Errorf("$all begins with %s", event.Event.Event.EventType)
	}

	settings.MaxRetryCount = 3
	must("update", c.UpdatePersistentSubscription(patient(t), stream, "g", options))
	if sub.Recv().SubscriptionDropped == nil {
		t.Error("an update leaves its consumers")
	}
	must("restart", c.RestartPersistentSubscriptionSubsystem(patient(t), esdb.RestartPersistentSubscriptionSubsystemOptions{Authenticated: c.caller}))
	away := esdb.DeletePersistentSubscriptionOptions{Authenticated: c.caller}
	must("delete", c.DeletePersistentSubscription(patient(t), stream, "g", away))
	must("delete for all", c.DeletePersistentSubscriptionToAll(patient(t), all, away))
	wantCode(t, "delete again", c.DeletePersistentSubscription(patient(t), stream, "g", away), esdb.ErrorCodeResourceNotFound)
}

// restart shows that the same connection goes on, that subscriptions say they ended, and that nothing is lost.
func (c goClient) restart(t *testing.T, node *nodeProcess) {
	t.Helper()
	stream := uuid.NewString()
	c.append(t, stream, esdb.NoStream{}, "ab")
	sub, err := c.SubscribeToStream(patient(t), stream, esdb.SubscribeToStreamOptions{From: esdb.Start{}, Authenticated: c.caller})
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	heard(t, sub, 2)
	node.restart()
	for event := sub.Recv(); event.SubscriptionDropped == nil; event = sub.Recv() {
		if event.EventAppeared != nil {
			t.Errorf("%s came after the node had gone", event.EventAppeared.Event.EventType)
		}
	}
	event := letters("c")
	for ctx := patient(t); ; {
		_, err := c.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(1), Authenticated: c.caller}, event...)
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	c.wantStream(t, stream, esdb.ReadStreamOptions{}, "abc")
}
