package nodetest_test

import (
	"fmt"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"github.com/letopis-crm/letopis/infra/eventnode/nodetest"
)

func append1(t *testing.T, client *esdb.Client, stream string, expected esdb.ExpectedRevision) error {
	t.Helper()
	_, err := client.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{ExpectedRevision: expected},
		esdb.EventData{EventID: uuid.New(), EventType: "something.happened", ContentType: esdb.ContentTypeJson, Data: []byte(`{}`)})
	return err
}

func revisions(t *testing.T, client *esdb.Client, stream string) (found []uint64) {
	t.Helper()
	read, err := client.ReadStream(t.Context(), stream, esdb.ReadStreamOptions{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	for {
		event, err := read.Recv()
		if err != nil {
			return found
		}
		found = append(found, event.Event.EventNumber)
	}
}

// Whatever kind it is, it takes events, keeps them over a restart at the same address,
// and shares nothing with its neighbours.
func TestKinds(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]nodetest.Option{
		"memory":    nil,
		"socket":    {nodetest.OnUnixSocket()},
		"directory": {nodetest.InDir(t.TempDir())},
		"tls":       {nodetest.WithTLS()},
		"users":     {nodetest.WithUser("vera", "пароль: длинный@"), nodetest.WithUser("oleg", "12345678")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := nodetest.Start(t, options...)
			client := server.Client()
			if err := append1(t, client, "s", esdb.NoStream{}); err != nil {
				t.Fatal(err)
			}
			url := server.URL()
			server.Down()
			if server.Node() != nil {
				t.Error("it is down and has a node")
			}
			server.Up()
			if server.URL() != url {
				t.Errorf("it was at %s and is at %s", url, server.URL())
			}
			if err := append1(t, server.Client(), "s", esdb.Revision(0)); err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(revisions(t, server.Client(), "s")); got != "[0 1]" {
				t.Errorf("it holds %s", got)
			}
		})
	}
}

// A connection string alone is enough for the official client.
func TestURL(t *testing.T) {
	t.Parallel()
	for _, server := range []*nodetest.Server{nodetest.Start(t), nodetest.Start(t, nodetest.WithTLS())} {
		config, err := esdb.ParseConnectionString(server.URL())
		if err != nil {
			t.Fatal(err)
		}
		config.Logger = esdb.NoopLogging()
		client, err := esdb.NewClient(config)
		if err != nil {
			t.Fatal(err)
		}
		if err := append1(t, client, "s", esdb.NoStream{}); err != nil {
			t.Errorf("%s: %v", server.URL(), err)
		}
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestExample(t *testing.T) {
	t.Parallel()
	placeOrder(t)
}
