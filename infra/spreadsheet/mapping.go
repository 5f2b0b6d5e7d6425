package spreadsheet

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

//go:embed mappings/*.yaml
var builtin embed.FS

// Builtin returns a mapping shipped with the program, see [BuiltinNames].
func Builtin(name string) (Mapping, error) {
	src, err := builtin.ReadFile(path.Join("mappings", name+".yaml"))
	if err != nil {
		return Mapping{}, &FileError{File: name, Code: CodeBadMapping,
			Detail: "known mappings: " + strings.Join(BuiltinNames(), ", ")}
	}
	return ParseMapping(name+".yaml", src)
}

// BuiltinNames lists the shipped mappings in alphabetical order.
func BuiltinNames() []string {
	entries, err := builtin.ReadDir("mappings")
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// Mapping says which columns of a list become which fields of a [Record].
type Mapping struct {
	// Source names where the list comes from; it is the namespace of external ids.
	Source string
	// Description is for the person who chooses a mapping.
	Description string

	doc  document
	used map[string]bool // folded names of all columns mentioned
}

// document is the mapping file as written.
type document struct {
	Source       string          `yaml:"source"`
	Description  string          `yaml:"description"`
	Key          Rule            `yaml:"key"`
	Kind         constant        `yaml:"kind"`
	Roles        []constant      `yaml:"roles"`
	Fields       fields          `yaml:"fields"`
	Extra        map[string]Rule `yaml:"extra"`
	KeepUnmapped bool            `yaml:"keep_unmapped"`
}

type fields struct {
	LegalName     Rule         `yaml:"legal_name"`
	ShortName     Rule         `yaml:"short_name"`
	INN           Rule         `yaml:"inn"`
	KPP           Rule         `yaml:"kpp"`
	OGRN          Rule         `yaml:"ogrn"`
	LegalAddress  Rule         `yaml:"legal_address"`
	ActualAddress Rule         `yaml:"actual_address"`
	Industry      Rule         `yaml:"industry"`
	Segment       Rule         `yaml:"segment"`
	Region        Rule         `yaml:"region"`
	TimeZone      Rule         `yaml:"time_zone"`
	Source        Rule         `yaml:"source"`
	Phones        []phoneRule  `yaml:"phones"`
	Emails        []Rule       `yaml:"emails"`
	Persons       []personRule `yaml:"persons"`
	Comment       Rule         `yaml:"comment"`
}

type personRule struct {
	FullName Rule        `yaml:"full_name"`
	Position Rule        `yaml:"position"`
	Phones   []phoneRule `yaml:"phones"`
	Emails   []Rule      `yaml:"emails"`
}

// Rule says where one value comes from and how it is cleaned. In a mapping file
// a plain word stands for {column: word}. Exactly one of Column, Value, Join
// and First is given.
type Rule struct {
	Column string   // the cell of this column
	Value  string   // a constant
	Join   []string // the cells of these columns that are not empty, with With between
	With   string   // default ", "
	First  []string // the first of these cells that is not empty

	Default   string            // instead of an empty result
	Transform []string          // applied in order: trim upper lower digits decimal before_slash after_slash
	Date      string            // pattern of dd mm yyyy yy hh mi ss; the result is an ISO date
	Map       map[string]string // replaces values, without regard to case; keys are folded
	Optional  bool              // the list may lack the columns
}

type ruleDoc struct {
	Column    string            `yaml:"column"`
	Value     string            `yaml:"value"`
	Join      []string          `yaml:"join"`
	With      string            `yaml:"with"`
	First     []string          `yaml:"first"`
	Default   string            `yaml:"default"`
	Transform []string          `yaml:"transform"`
	Date      string            `yaml:"date"`
	Map       map[string]string `yaml:"map"`
	Optional  bool              `yaml:"optional"`
}

// rule folds the keys of the value map once, for all rows.
func (d ruleDoc) rule() (Rule, error) {
	if d.Map == nil {
		return Rule(d), nil
	}
	folded := make(map[string]string, len(d.Map))
	for from, to := range d.Map {
		if known, twice := folded[foldName(from)]; twice && known != to {
			return Rule{}, fmt.Errorf("map: %q has two values", from)
		}
		folded[foldName(from)] = to
	}
	d.Map = folded
	return Rule(d), nil
}

// UnmarshalYAML takes a column name or the full form.
func (r *Rule) UnmarshalYAML(unmarshal func(any) error) error {
	var column string
	if unmarshal(&column) == nil {
		*r = Rule{Column: column}
		return nil
	}
	var d ruleDoc
	if err := unmarshal(&d); err != nil {
		return err
	}
	var err error
	*r, err = d.rule()
	return err
}

// constant is a rule whose plain word is the value itself.
type constant struct{ Rule }

func (c *constant) UnmarshalYAML(unmarshal func(any) error) error {
	var value string
	if unmarshal(&value) == nil {
		c.Rule = Rule{Value: value}
		return nil
	}
	return unmarshal(&c.Rule)
}

// phoneRule adds the country whose rules the numbers are read by.
type phoneRule struct {
	Rule
	Region string
}

func (p *phoneRule) UnmarshalYAML(unmarshal func(any) error) error {
	var column string
	if unmarshal(&column) == nil {
		p.Column = column
		return nil
	}
	var d struct {
		Region string  `yaml:"region"`
		Rule   ruleDoc `yaml:",inline"`
	}
	if err := unmarshal(&d); err != nil {
		return err
	}
	var err error
	p.Region = d.Region
	p.Rule, err = d.Rule.rule()
	return err
}

func (r Rule) isZero() bool {
	return r.Column == "" && r.Value == "" && r.Join == nil && r.First == nil
}

func (r Rule) columns() []string {
	if r.Column != "" {
		return []string{r.Column}
	}
	return append(append([]string(nil), r.Join...), r.First...)
}

const (
	maxMappingBytes = 64 << 10
	maxMappingDepth = 16
)

// ParseMapping reads a mapping file. Unknown keys, rules that say nothing or
// too much, and anchors are refused; file is the name used in errors.
func ParseMapping(file string, src []byte) (Mapping, error) {
	fail := func(detail string, err error) (Mapping, error) {
		return Mapping{}, &FileError{File: file, Code: CodeBadMapping, Detail: detail, Err: err}
	}
	if len(src) > maxMappingBytes {
		return fail(fmt.Sprintf("larger than %d bytes", maxMappingBytes), nil)
	}
	if err := refuseTricks(src); err != nil {
		return fail("", err)
	}
	var doc document
	dec := yaml.NewDecoder(bytes.NewReader(src), yaml.Strict())
	if err := guard(func() error { return dec.Decode(&doc) }); err != nil {
		return fail("", errors.New(yaml.FormatError(err, false, true)))
	}
	if err := doc.validate(); err != nil {
		return fail("", err)
	}
	m := Mapping{Source: doc.Source, Description: doc.Description, doc: doc, used: map[string]bool{}}
	doc.eachRule(func(_ string, r Rule) {
		for _, c := range r.columns() {
			m.used[foldName(c)] = true
		}
	})
	return m, nil
}

// refuseTricks keeps the YAML plain before it is parsed: aliases can blow a
// small file up to any size, and deep nesting can exhaust the parser's stack.
func refuseTricks(src []byte) error {
	depth, entries, line := 0, 0, 0
	return guard(func() error {
		for _, t := range lexer.Tokenize(string(src)) {
			switch t.Type {
			case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType, token.DirectiveType:
				return fmt.Errorf("line %d: %s is not allowed in a mapping", t.Position.Line, t.Type)
			case token.MappingStartType, token.SequenceStartType:
				depth++
			case token.MappingEndType, token.SequenceEndType:
				depth--
			case token.SequenceEntryType, token.MappingKeyType:
				if t.Position.Line != line {
					line, entries = t.Position.Line, 0
				}
				entries++
			}
			if depth > maxMappingDepth || entries > maxMappingDepth || t.Position.Column > 1000 && t.Type == token.MappingValueType {
				return fmt.Errorf("line %d: nested too deeply", t.Position.Line)
			}
		}
		return nil
	})
}

// eachRule visits every rule with its place in the file.
func (d *document) eachRule(visit func(place string, r Rule)) {
	see := func(place string, r Rule) {
		if !r.isZero() {
			visit(place, r)
		}
	}
	see("key", d.Key)
	see("kind", d.Kind.Rule)
	for i, r := range d.Roles {
		visit(fmt.Sprintf("roles[%d]", i), r.Rule)
	}
	for _, f := range d.Fields.single() {
		see(f.name, *f.rule)
	}
	eachContact("", d.Fields.Phones, d.Fields.Emails, visit)
	for i, p := range d.Fields.Persons {
		place := fmt.Sprintf("persons[%d].", i)
		visit(place+"full_name", p.FullName)
		see(place+"position", p.Position)
		eachContact(place, p.Phones, p.Emails, visit)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Extra)) {
		visit("extra."+name, d.Extra[name])
	}
}

func eachContact(prefix string, phones []phoneRule, emails []Rule, visit func(string, Rule)) {
	for i, p := range phones {
		visit(fmt.Sprintf("%sphones[%d]", prefix, i), p.Rule)
	}
	for i, e := range emails {
		visit(fmt.Sprintf("%semails[%d]", prefix, i), e)
	}
}

// namedRule ties a field's name to its rule.
type namedRule struct {
	name string
	rule *Rule
}

func (f *fields) single() []namedRule {
	return []namedRule{
		{"legal_name", &f.LegalName}, {"short_name", &f.ShortName}, {"inn", &f.INN}, {"kpp", &f.KPP},
		{"ogrn", &f.OGRN}, {"legal_address", &f.LegalAddress}, {"actual_address", &f.ActualAddress},
		{"industry", &f.Industry}, {"segment", &f.Segment}, {"region", &f.Region}, {"time_zone", &f.TimeZone},
		{"source", &f.Source}, {"comment", &f.Comment},
	}
}

func (d *document) validate() error {
	var errs []error
	if d.Source == "" {
		errs = append(errs, errors.New("source is missing: it is the namespace of external ids"))
	}
	if d.Fields.LegalName.isZero() && d.Fields.ShortName.isZero() {
		errs = append(errs, errors.New("fields: neither legal_name nor short_name is mapped"))
	}
	d.eachRule(func(place string, r Rule) {
		if err := r.validate(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", place, err))
		}
	})
	return errors.Join(errs...)
}

var transforms = []string{"trim", "upper", "lower", "digits", "decimal", "before_slash", "after_slash"}

func (r Rule) validate() error {
	given := 0
	for _, set := range []bool{r.Column != "", r.Value != "", r.Join != nil, r.First != nil} {
		if set {
			given++
		}
	}
	if given != 1 {
		return errors.New("give exactly one of column, value, join, first")
	}
	if slices.Contains(r.Join, "") || slices.Contains(r.First, "") {
		return errors.New("a column without a name")
	}
	for _, t := range r.Transform {
		if !slices.Contains(transforms, t) {
			return fmt.Errorf("unknown transform %q, known are: %s", t, strings.Join(transforms, ", "))
		}
	}
	if r.Date != "" {
		if _, err := dateLayout(r.Date); err != nil {
			return err
		}
	}
	return nil
}

// Coverage compares a mapping with the header of a list.
type Coverage struct {
	Missing []string // columns the mapping cannot do without
	Absent  []string // columns the mapping can do without
	Unused  []string // columns of the list that the mapping does not mention
}

// Err is a [*FileError] naming the missing columns, or nil.
func (c Coverage) Err(file string) error {
	if len(c.Missing) == 0 {
		return nil
	}
	return &FileError{File: file, Row: 1, Code: CodeMissingColumn, Detail: strings.Join(c.Missing, ", ")}
}

// Check tells before an import what the list lacks and what would be left out.
// For {first: […]} one of the columns is enough.
func (m Mapping) Check(header []string) Coverage {
	cols := newColumns(header)
	var cov Coverage
	m.doc.eachRule(func(_ string, r Rule) {
		lacking := lackingColumns(cols, r)
		if r.Optional || r.First != nil && len(lacking) < len(r.First) {
			cov.Absent = append(cov.Absent, lacking...)
		} else {
			cov.Missing = append(cov.Missing, lacking...)
		}
	})
	for _, name := range cols.names {
		if !m.used[foldName(name)] {
			cov.Unused = append(cov.Unused, name)
		}
	}
	cov.Missing, cov.Absent = distinct(cov.Missing), distinct(cov.Absent)
	return cov
}

func lackingColumns(cols *columns, r Rule) []string {
	var lacking []string
	for _, c := range r.columns() {
		if _, ok := cols.find(c); !ok {
			lacking = append(lacking, c)
		}
	}
	return lacking
}

func distinct(names []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(names, func(n string) bool {
		dup := seen[n]
		seen[n] = true
		return dup
	})
}
