package nodetest_test

import (
	"errors"
	"io"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/letopis-crm/letopis/infra/eventnode/nodetest"
)

func placeOrder(t *testing.T) {
	t.Helper()
	server := nodetest.Start(t)
	client := server.Client() // or esdb.NewClient(server.Config()), or anything that takes server.URL()

	event := esdb.EventData{EventType: "order.placed", ContentType: esdb.ContentTypeJson, Data: []byte(`{"number":7}`)}
	options := esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}
	if _, err := client.AppendToStream(t.Context(), "order-7", options, event); err != nil {
		t.Fatal(err)
	}

	server.Restart() // what was acknowledged is still there
	read, err := server.Client().ReadStream(t.Context(), "order-7", esdb.ReadStreamOptions{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	if found, err := read.Recv(); err != nil || found.Event.EventType != "order.placed" {
		t.Errorf("the stream begins with %v, %v", found, err)
	}
	if _, err := read.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("there is more in the stream: %v", err)
	}
}

// The body of a test with an event store of its own. TestExample runs it.
func Example() {
	var t *testing.T // the test's own
	placeOrder(t)
}
