// Package wording says in Russian and English what an event means: one headline per event type, and the words for the
// codes that appear in them.
//
// A headline is a sentence with placeholders: "{title}" takes the event's JSON field, "{a.b}" a nested one,
// "{assignee:employee}" an id whose name is looked up when the sentence is read. Kinds: employee, counterparty, person,
// date, time, money, minutes, percent (of basis points), word (a code translated by Words), kind (of record), count (the
// length of a list).
// What stands in brackets is told only when its placeholders have values: "{role:word}[, {topic}]". The history keeps only
// the placeholders' values, so a sentence can be improved without rewriting anything.
package wording

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Lang is a language of the product.
type Lang string

// The languages.
const (
	Russian Lang = "ru"
	English Lang = "en"
)

// Headline is the sentence of one event type.
type Headline struct {
	Type   string
	RU, EN string
	// Quote is the JSON field that holds what was actually said or written, shown below the headline; "" for none.
	Quote string
	// Icon groups events by what they are about, such as "message" or "negotiation".
	Icon string
	// slots are the placeholders of both sentences.
	slots []slot
}

type slot struct{ path, kind string }

var (
	headlines   = map[string]Headline{}
	words       = map[string][2]string{}
	placeholder = regexp.MustCompile(`\{([a-z0-9_.]+)(?::([a-z]+))?\}`)
	optional    = regexp.MustCompile(`\[[^\[\]]*\]`)
	kinds       = []string{"", "employee", "counterparty", "person", "date", "time", "money", "minutes", "percent", "word", "kind", "count"}
)

// Say declares the headline of an event type; quote names the field with the words that were said, or is empty.
func Say(eventType, ru, en, quote string) Headline {
	if _, twice := headlines[eventType]; twice {
		panic("wording: " + eventType + " is worded twice")
	}
	category, _, _ := strings.Cut(eventType, ".")
	h := Headline{Type: eventType, RU: ru, EN: en, Quote: quote, Icon: category}
	for _, m := range placeholder.FindAllStringSubmatch(ru+en, -1) {
		if !slices.Contains(kinds, m[2]) {
			panic("wording: " + eventType + " has a placeholder of unknown kind " + m[2])
		}
		if s := (slot{m[1], m[2]}); !slices.Contains(h.slots, s) {
			h.slots = append(h.slots, s)
		}
	}
	headlines[eventType] = h
	return h
}

// Words declares the words for a code, such as a state or a kind.
func Words(code, ru, en string) {
	if known, twice := words[code]; twice && known != [2]string{ru, en} {
		panic("wording: the code " + code + " has two wordings")
	}
	words[code] = [2]string{ru, en}
}

// Word translates a code; an unknown code stays as it is, and a field beyond the usual goes by its own name.
func Word(code string, lang Lang) string {
	code = strings.TrimPrefix(code, "extra.")
	w, ok := words[code]
	switch {
	case !ok:
		return code
	case lang == English:
		return w[1]
	default:
		return w[0]
	}
}

// All returns the words of every code in one language.
func All(lang Lang) map[string]string {
	all := make(map[string]string, len(words))
	for code := range words {
		all[code] = Word(code, lang)
	}
	return all
}

// Of finds the headline of an event type.
func Of(eventType string) (Headline, bool) { h, ok := headlines[eventType]; return h, ok }

// Args picks the placeholders' values out of the event's JSON, keyed by path. The quote, if any, is returned apart.
func (h Headline) Args(data []byte) (args map[string]any, quote string) {
	var event map[string]any
	if json.Unmarshal(data, &event) != nil {
		return nil, ""
	}
	args = make(map[string]any, len(h.slots))
	for _, s := range h.slots {
		value := dig(event, s.path)
		if list, ok := value.([]any); ok && s.kind == "count" {
			value = len(list)
		}
		if value != nil {
			args[s.path] = value
		}
	}
	if h.Quote != "" {
		quote, _ = dig(event, h.Quote).(string)
	}
	return args, quote
}

func dig(value map[string]any, path string) any {
	head, rest, nested := strings.Cut(path, ".")
	if !nested {
		return value[head]
	}
	if list, ok := value[head].([]any); ok {
		return digEach(list, rest)
	}
	inner, _ := value[head].(map[string]any)
	return dig(inner, rest)
}

// digEach takes the same field of every object of a list: "changes.field" names what was changed.
func digEach(list []any, path string) any {
	var found []any
	for _, x := range list {
		object, _ := x.(map[string]any)
		if value := dig(object, path); value != nil {
			found = append(found, value)
		}
	}
	if found == nil {
		return nil
	}
	return found
}

// Names are the ids whose names the sentence needs, by kind.
func (h Headline) Names(args map[string]any) map[string][]string {
	ids := map[string][]string{}
	for _, s := range h.slots {
		if s.kind != "employee" && s.kind != "counterparty" && s.kind != "person" {
			continue
		}
		switch v := args[s.path].(type) {
		case string:
			ids[s.kind] = append(ids[s.kind], v)
		case []any:
			for _, x := range v {
				if id, ok := x.(string); ok {
					ids[s.kind] = append(ids[s.kind], id)
				}
			}
		}
	}
	return ids
}

// Render writes the sentence. name gives the display name of an id; zone is the reader's time zone.
func (h Headline) Render(lang Lang, args map[string]any, zone *time.Location, name func(kind, id string) string) string {
	sentence := h.RU
	if lang == English {
		sentence = h.EN
	}
	sentence = optional.ReplaceAllStringFunc(sentence, func(part string) string {
		for _, m := range placeholder.FindAllStringSubmatch(part, -1) {
			if value := args[m[1]]; value == nil || value == "" {
				return ""
			}
		}
		return part[1 : len(part)-1]
	})
	var out strings.Builder
	rest := sentence
	for _, m := range placeholder.FindAllStringSubmatchIndex(sentence, -1) {
		out.WriteString(sentence[len(sentence)-len(rest) : m[0]])
		kind := ""
		if m[4] >= 0 {
			kind = sentence[m[4]:m[5]]
		}
		rest = sentence[m[1]:]
		text := show(args[sentence[m[2]:m[3]]], kind, lang, zone, name)
		if kind == "" && rest != "" && strings.ContainsRune(".,;:", rune(rest[0])) {
			text = withoutStop(text)
		}
		out.WriteString(text)
	}
	out.WriteString(rest)
	return out.String()
}

// withoutStop takes the full stop from the end of a text that somebody typed, for a sentence that goes on with
// punctuation of its own. An ellipsis stays.
func withoutStop(text string) string {
	if strings.HasSuffix(text, "..") {
		return text
	}
	return strings.TrimSuffix(text, ".")
}

func show(value any, kind string, lang Lang, zone *time.Location, name func(kind, id string) string) string {
	switch v := value.(type) {
	case nil:
		if kind == "count" {
			return "0" // an empty list is not written
		}
		return "—"
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = show(x, kind, lang, zone, name)
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		return showObject(v, kind, lang)
	case string:
		return showText(v, kind, lang, zone, name)
	case float64:
		if kind == "percent" {
			return showPercent(v, lang)
		}
		return fmt.Sprintf("%.10g", v)
	default:
		return fmt.Sprint(v)
	}
}

func showPercent(basisPoints float64, lang Lang) string {
	number := strconv.FormatFloat(basisPoints/100, 'f', -1, 64)
	if lang == Russian {
		number = strings.Replace(number, ".", ",", 1)
	}
	return number + " %"
}

// showMoney parts thousands: 1 250 000,50 in Russian, 1,250,000.50 in English.
func showMoney(minor float64, currency any, lang Lang) string {
	whole, cents, _ := strings.Cut(strconv.FormatFloat(minor/100, 'f', 2, 64), ".")
	thousands, point := " ", ","
	if lang == English {
		thousands, point = ",", "."
	}
	digits := strings.TrimPrefix(whole, "-")
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + thousands + digits[at:]
	}
	if strings.HasPrefix(whole, "-") {
		digits = "-" + digits
	}
	return fmt.Sprintf("%s%s%s %v", digits, point, cents, currency)
}

func showObject(v map[string]any, kind string, lang Lang) string {
	minor, isMoney := v["minor"].(float64)
	if kind == "money" && isMoney {
		return showMoney(minor, v["currency"], lang)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

func showText(v, kind string, lang Lang, zone *time.Location, name func(kind, id string) string) string {
	switch kind {
	case "employee", "counterparty", "person":
		return name(kind, v)
	case "word":
		return Word(v, lang)
	case "kind":
		return Word("kind."+v, lang)
	case "date", "time":
		t, err := time.Parse(time.RFC3339, v)
		if day, isDay := time.ParseInLocation(time.DateOnly, v, zone); isDay == nil {
			t, err = day, nil
		}
		if err != nil {
			return v
		}
		layout := map[string]string{"date": "02.01.2006", "time": "02.01.2006 15:04"}[kind]
		if lang == English {
			layout = map[string]string{"date": "2 Jan 2006", "time": "2 Jan 2006 15:04"}[kind]
		}
		return t.In(zone).Format(layout)
	}
	return v
}
