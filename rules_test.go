package imageshare_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFieldsAreExplained holds the request and answer structs of every product
// to a comment for each field: it is what their readers are shown.
func TestFieldsAreExplained(t *testing.T) {
	t.Parallel()
	fields := 0
	for _, file := range products(t) {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			s, isStruct := structOf(spec)
			if !ok || !isStruct || !spec.Name.IsExported() || spec.Name.Name == "Profile" {
				return true
			}
			for _, field := range s.Fields.List {
				fields++
				if field.Doc == nil {
					t.Errorf("%s: field %v of %s has no comment", fset.Position(field.Pos()), field.Names, spec.Name)
				}
			}
			return true
		})
	}
	if fields == 0 {
		t.Error("no fields found")
	}
}

func structOf(spec *ast.TypeSpec) (*ast.StructType, bool) {
	if spec == nil {
		return nil, false
	}
	s, ok := spec.Type.(*ast.StructType)
	return s, ok
}

// products are the source files of the products, without their tests.
func products(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, vendor := range []string{"tencent", "alibaba"} {
		found, err := filepath.Glob(vendor + "/*/*.go")
		if err != nil || len(found) == 0 {
			t.Fatalf("no products of %s (%v)", vendor, err)
		}
		for _, f := range found {
			if !strings.HasSuffix(f, "_test.go") {
				files = append(files, f)
			}
		}
	}
	return files
}

// TestDependenciesAreExplained holds every direct dependency to a reason beside it.
func TestDependenciesAreExplained(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	direct := 0
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(strings.TrimPrefix(line, "require "))
		if len(fields) < 2 || !strings.HasPrefix(fields[1], "v") || strings.Contains(line, "// indirect") {
			continue
		}
		direct++
		if _, reason, ok := strings.Cut(line, "// "); !ok || len(strings.Fields(reason)) < 3 {
			t.Errorf("go.mod: no reason beside %s", fields[0])
		}
	}
	if direct == 0 {
		t.Error("go.mod has no direct dependencies, which cannot be")
	}
}

// TestFileLengths keeps files readable in one go.
func TestFileLengths(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		text, err := os.ReadFile(path)
		if n := strings.Count(string(text), "\n"); n > 500 {
			t.Errorf("%s has %d lines, more than 500", path, n)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
