package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/letopis-crm/letopis/domain"
	"github.com/letopis-crm/letopis/domain/wording"
	"github.com/letopis-crm/letopis/infra/httpapi"
)

// The whole program knows more refusals than the rules do: all of them are worded.
func TestEveryRefusalIsWorded(t *testing.T) {
	t.Parallel()
	words := wording.All(wording.Russian)
	codes := domain.AllRefusals()
	parsed := parseGo(t, "infra/httpapi")
	codes = append(codes, fieldTexts(parsed, "Problem", "Code")...)
	codes = append(codes, returned(parsed, "codeOf")...)
	if len(codes) < 80 {
		t.Errorf("only %d codes were found in the sources", len(codes))
	}
	for _, code := range codes {
		if words["refusal."+code] == "" {
			t.Errorf("refusal.%s has no words", code)
		}
	}
}

// What can be wrong with a field is told beside it in the reader's language.
func TestEveryFieldCodeIsWorded(t *testing.T) {
	t.Parallel()
	words := wording.All(wording.Russian)
	codes := returned(parseGo(t, "infra/httpapi"), "fieldCode")
	for _, folder := range []string{"domain", "commands", "readmodels", "infra/httpapi", "infra/identity"} {
		parsed := parseGo(t, folder)
		codes = append(codes, fieldTexts(parsed, "FieldError", "Code")...)
		codes = append(codes, reported(parsed)...)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	if len(codes) < 50 {
		t.Errorf("only %d codes were found in the sources", len(codes))
	}
	for _, code := range codes {
		if words["field_code."+code] == "" {
			t.Errorf("field_code.%s has no words", code)
		}
	}
}

func parseGo(t *testing.T, folder string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "..", folder, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("%s holds no Go files: %v", folder, err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// text is the value of a literal.
func text(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	value, err := strconv.Unquote(literal.Value)
	return value, err == nil
}

func inspect[N ast.Node](files []*ast.File, look func(N)) {
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if found, ok := n.(N); ok {
				look(found)
			}
			return true
		})
	}
}

// fieldTexts are the literals given to a field wherever a value of the type is made, alone or in a list.
func fieldTexts(files []*ast.File, typeName, field string) (texts []string) {
	made := func(e ast.Expr) bool {
		if qualified, ok := e.(*ast.SelectorExpr); ok {
			e = qualified.Sel
		}
		name, ok := e.(*ast.Ident)
		return ok && name.Name == typeName
	}
	inspect(files, func(value *ast.CompositeLit) {
		list, isList := value.Type.(*ast.ArrayType)
		if !made(value.Type) && (!isList || !made(list.Elt)) {
			return
		}
		ast.Inspect(value, func(n ast.Node) bool {
			pair, ok := n.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			key, isName := pair.Key.(*ast.Ident)
			if code, given := text(pair.Value); given && isName && key.Name == field {
				texts = append(texts, code)
			}
			return true
		})
	})
	return texts
}

// returned are the literals that a function returns.
func returned(files []*ast.File, function string) (texts []string) {
	inspect(files, func(f *ast.FuncDecl) {
		if f.Name.Name != function {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if back, ok := n.(*ast.ReturnStmt); ok {
				if code, given := text(back.Results[0]); given {
					texts = append(texts, code)
				}
			}
			return true
		})
	})
	return texts
}

// reported are the codes given to domain.Invalid: the second text from the end of Add(field, code, message) and of
// Check(ok, field, code, message).
func reported(files []*ast.File) (texts []string) {
	inspect(files, func(call *ast.CallExpr) {
		method, ok := call.Fun.(*ast.SelectorExpr)
		if want := map[string]int{"Add": 3, "Check": 4}; !ok || len(call.Args) < 3 || len(call.Args) != want[method.Sel.Name] {
			return
		}
		if code, given := text(call.Args[len(call.Args)-2]); given {
			texts = append(texts, code)
		}
	})
	return texts
}

// What a request can choose from can be shown: the choices of a field have words under one name.
func TestChoicesAreWorded(t *testing.T) {
	t.Parallel()
	document := httpapi.Describe()
	found := 0
	for path, item := range document.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil || op.RequestBody == nil {
				continue
			}
			for _, content := range op.RequestBody.Content {
				eachChoice(document, content.Schema, map[string]bool{}, func(choices []any) {
					found++
					if !worded(choices) {
						t.Errorf("%s: the choices %v have no words under one name", path, choices)
					}
				})
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d fields with choices were found", found)
	}
}

func eachChoice(document *huma.OpenAPI, s *huma.Schema, seen map[string]bool, look func([]any)) {
	if s == nil || seen[s.Ref] {
		return
	}
	if s.Ref != "" {
		seen[s.Ref] = true
		eachChoice(document, document.Components.Schemas.SchemaFromRef(s.Ref), seen, look)
		return
	}
	if len(s.Enum) > 0 {
		look(s.Enum)
	}
	for _, inner := range s.Properties {
		eachChoice(document, inner, seen, look)
	}
	eachChoice(document, s.Items, seen, look)
}

// worded: some name has words for all choices.
func worded(choices []any) bool {
	words := wording.All(wording.Russian)
	for code := range words {
		family, isFirst := strings.CutSuffix(code, "."+choices[0].(string))
		if isFirst && !slices.ContainsFunc(choices, func(choice any) bool { return words[family+"."+choice.(string)] == "" }) {
			return true
		}
	}
	return false
}
