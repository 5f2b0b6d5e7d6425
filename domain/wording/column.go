package wording

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Column is one of a table that is written for people: where its value stands in a row, and how it is shown. It is declared
// like the placeholder of a headline: "due_at:time", "co_executor_ids:employee"; a kind with a code's family in it, such as
// "state:assignment.state", has codes of that family. Besides, there are phone and number.
type Column struct {
	Path, Kind string
	family     bool // Kind is the family of the codes that stand in it
}

// Columns reads columns that are declared one after the other. One without words is a mistake of ours.
func Columns(declared string) []Column {
	var columns []Column
	for text := range strings.FieldsSeq(declared) {
		path, kind, _ := strings.Cut(text, ":")
		c := Column{Path: path, Kind: kind, family: isFamily(kind)}
		if words[c.code()] == [2]string{} {
			panic("wording: the column " + path + " has no words")
		}
		if !slices.Contains(kinds, kind) && kind != "phone" && kind != "number" && !c.family {
			panic("wording: the column " + path + " is of unknown kind " + kind)
		}
		columns = append(columns, c)
	}
	return columns
}

// code is where the column's name is: that of the field, unless a table says it in another way.
func (c Column) code() string {
	if _, ok := words["column."+c.Path]; ok {
		return "column." + c.Path
	}
	return "field." + c.Path
}

// isFamily reports that there are codes of the kind. What a placeholder may be of is none, even where a code begins so.
func isFamily(kind string) bool {
	for code := range words {
		if strings.HasPrefix(code, kind+".") && !slices.Contains(kinds, kind) {
			return true
		}
	}
	return false
}

// Name is what stands above the column.
func (c Column) Name(lang Lang) string { return Word(c.code(), lang) }

// Numeric reports that what stands in the column are numbers, which may have a sign.
func (c Column) Numeric() bool {
	return slices.Contains([]string{"phone", "number", "minutes", "percent", "count"}, c.Kind)
}

// Wanted adds the ids whose names the column shows.
func (c Column) Wanted(row map[string]any, ids map[string][]string) {
	h := Headline{slots: []slot{{c.Path, c.Kind}}}
	for kind, found := range h.Names(map[string]any{c.Path: dig(row, c.Path)}) {
		ids[kind] = append(ids[kind], found...)
	}
}

// Cell is the column's value in a row of JSON. Unlike in a sentence, nothing is shown as nothing.
func (c Column) Cell(row map[string]any, lang Lang, zone *time.Location, name func(kind, id string) string) string {
	value := dig(row, c.Path)
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	var parts []string
	for _, v := range list {
		if text := c.show(v, lang, zone, name); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ", ")
}

func (c Column) show(value any, lang Lang, zone *time.Location, name func(kind, id string) string) string {
	switch v := value.(type) {
	case nil:
		return ""
	case bool:
		return Word(fmt.Sprintf("answer.%t", v), lang)
	case string:
		if c.family {
			return wordOf(c.Kind, v, lang)
		}
		return showText(v, c.Kind, lang, zone, name)
	case json.Number:
		if basisPoints, err := v.Float64(); err == nil && c.Kind == "percent" {
			return showPercent(basisPoints, lang)
		}
	}
	return fmt.Sprint(value)
}

// wordOf is the word for a code of a family; a code without one stays as it is.
func wordOf(family, code string, lang Lang) string {
	if _, ok := words[family+"."+code]; ok {
		return Word(family+"."+code, lang)
	}
	return code
}
