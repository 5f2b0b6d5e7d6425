package domain

import (
	"strings"
	"testing"
	"time"
)

func TestKeepable(t *testing.T) {
	t.Parallel()
	type part struct {
		Due time.Time `json:"due_at"`
	}
	type command struct {
		part
		Steps  []part     `json:"steps"`
		Inner  *part      `json:"inner,omitempty"`
		Titles []string   `json:"titles"`
		Until  *time.Time `json:"until"`
		own    time.Time
	}
	far := time.Date(9999, 12, 31, 23, 59, 0, 0, time.FixedZone("", -14*3600))
	for want, c := range map[string]command{
		"":             {Titles: []string{"none"}, own: far},
		"due_at":       {part: part{Due: far}},
		"steps[1].due": {Steps: []part{{}, {Due: time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)}}},
		"inner.due_at": {Inner: &part{Due: time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)}},
		"until":        {Until: &far},
	} {
		if err := Keepable(c); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), " "+want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}
