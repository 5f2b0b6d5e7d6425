// Sqlvet finds SQL that is put together from values. It is run as a tool of go vet (make lint).
//
// An argument for a string parameter named sql (or query, in pgx and database/sql) must not be made by fmt.Sprintf,
// strings.Join and the like, nor by + with anything but constants, nor be a variable that is: values travel as parameters ($1), names that must vary
// go through pgx.Identifier. The rule goes by the parameter's name, so it holds for the project's own functions too;
// gosec's rule knows database/sql alone. Where a statement has to be built (DDL of a versioned schema), the line, or the
// line before it, says why:
//
//	//sqlvet:built the schema's name comes from the projection's own name and version
package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/unitchecker"
)

const directive = "//sqlvet:built "

func main() {
	unitchecker.Main(&analysis.Analyzer{
		Name: "sqlvet",
		Doc:  "finds SQL that is put together from values",
		Run:  run,
	})
}

func run(pass *analysis.Pass) (any, error) {
	for _, file := range pass.Files {
		explained, given, told := explainedLines(pass.Fset, file), assigned(pass.TypesInfo, file), map[ast.Expr]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			arg := sqlArgument(pass.TypesInfo, call)
			if arg == nil {
				return true
			}
			for _, e := range append([]ast.Expr{arg}, given[variable(pass.TypesInfo, arg)]...) {
				if !built(pass.TypesInfo, e) || explained[pass.Fset.Position(e.Pos()).Line] || told[e] {
					continue
				}
				told[e] = true
				pass.Reportf(e.Pos(), "SQL put together from values: pass them as parameters, names through pgx.Identifier, "+
					"or explain with %s<why>", directive)
			}
			return true
		})
	}
	return nil, nil
}

// variable is the variable that e names, nil if it is none.
func variable(info *types.Info, e ast.Expr) types.Object {
	if name, ok := e.(*ast.Ident); ok {
		if v, ok := info.ObjectOf(name).(*types.Var); ok {
			return v
		}
	}
	return nil
}

// assigned lists what each variable of a file is given.
func assigned(info *types.Info, file *ast.File) map[types.Object][]ast.Expr {
	given := map[types.Object][]ast.Expr{}
	note := func(to, what ast.Expr) {
		if v := variable(info, to); v != nil {
			given[v] = append(given[v], ast.Unparen(what))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, to := range n.Lhs {
				if len(n.Rhs) == len(n.Lhs) {
					note(to, n.Rhs[i])
				}
			}
		case *ast.ValueSpec:
			for i, value := range n.Values {
				note(n.Names[i], value)
			}
		}
		return true
	})
	return given
}

// sqlArgument returns what the call gives to its string parameter that holds SQL, nil if it has none.
func sqlArgument(info *types.Info, call *ast.CallExpr) ast.Expr {
	sig, ok := info.TypeOf(call.Fun).(*types.Signature)
	if !ok {
		return nil
	}
	for i := range sig.Params().Len() {
		p := sig.Params().At(i)
		basic, isBasic := p.Type().Underlying().(*types.Basic)
		if holdsSQL(p) && isBasic && basic.Kind() == types.String && i < len(call.Args) {
			return ast.Unparen(call.Args[i])
		}
	}
	return nil
}

func holdsSQL(p *types.Var) bool {
	switch p.Name() {
	case "sql":
		return true
	case "query": // a word of many meanings elsewhere
		return p.Pkg() != nil && (p.Pkg().Path() == "database/sql" || strings.HasPrefix(p.Pkg().Path(), "github.com/jackc/pgx/"))
	}
	return false
}

// built tells whether e makes a string out of parts that are not all constants.
func built(info *types.Info, e ast.Expr) bool {
	if info.Types[e].Value != nil {
		return false // a constant, however it is written
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return e.Op == token.ADD
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		f, ok := info.Uses[sel.Sel].(*types.Func)
		if !ok || f.Pkg() == nil {
			return false
		}
		switch f.Pkg().Path() {
		case "fmt", "strings":
			return true
		}
	}
	return false
}

// explainedLines holds the lines with a directive and a reason, and the lines after them.
func explainedLines(fset *token.FileSet, file *ast.File) map[int]bool {
	lines := map[int]bool{}
	for _, group := range file.Comments {
		for _, c := range group.List {
			if why, ok := strings.CutPrefix(c.Text, directive); ok && strings.TrimSpace(why) != "" {
				line := fset.Position(c.Pos()).Line
				lines[line], lines[line+1] = true, true
			}
		}
	}
	return lines
}
