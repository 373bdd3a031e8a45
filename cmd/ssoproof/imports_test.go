package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/ssoproof/ssoproof/"

// storeys is the house from above. A package knows nobody beside or above it.
var storeys = [][]string{
	{"cmd/ssoproof"},
	{"internal/cli"},
	{"internal/run", "internal/matrix"},
	{"suites", "internal/site"},
	{"internal/journey", "internal/compare", "internal/render"},
	{"internal/browser", "internal/authentik", "internal/immich", "internal/report"},
	{"internal/guide", "internal/version"},
}

// only says who alone may import a package, or anything below it.
var only = map[string][]string{
	"github.com/chromedp/":          {"internal/browser"},
	"github.com/testcontainers/":    {"internal/stack/containers"},
	"github.com/Masterminds/semver": {"internal/version"},
	"github.com/yuin/goldmark":      {"internal/guide"},
	"github.com/shirou/gopsutil":    {"internal/owner"},
	"os/signal":                     {"internal/cli"},
	module + "internal/stack/":      {"internal/run", "internal/cli", "internal/trial", "internal/mistake"},
	module + "internal/fakeop":      {"internal/stack/inproc", "internal/cli"},
	module + "internal/fakerp":      {"internal/stack/inproc", "internal/cli"},
	"github.com/coreos/go-oidc":     {"suites"},
	"github.com/spf13/cobra":        {"internal/cli"},
	"github.com/cli/browser":        {"internal/cli"},
	"github.com/stretchr/testify":   {"suites"}, // tests aside
	"github.com/cenkalti/backoff":   {"internal/rest", "internal/stack/containers"},
}

// outside are what only cmd and cli do, and who else may, since a library knows no other way.
var outside = map[string][]string{
	"os.Exit": nil, "log.Fatal": nil, "log.Fatalf": nil, "log.Fatalln": nil,
	"os.Getenv": {"internal/stack/containers"}, "os.LookupEnv": nil, "os.Environ": nil,
	"os.Setenv": {"internal/stack/containers"}, "os.Unsetenv": nil,
}

// TestImportsGoOneWay holds every package to its storey.
func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	eachFile(t, func(dir, name string, file *ast.File) {
		seen[dir] = true
		own := storeyOf(dir)
		for _, imported := range importsOf(t, file) {
			local, isLocal := strings.CutPrefix(imported, module)
			if storey := storeyOf(local); isLocal && own >= 0 && storey >= 0 {
				assert.Greater(t, storey, own, "%s imports %s", name, imported)
			}
			if dir == "internal/check" {
				first, _, _ := strings.Cut(imported, "/")
				assert.NotContains(t, first, ".", "%s imports %s: check takes the standard library only", name, imported)
			}
		}
	})
	for _, dir := range slices.Concat(storeys...) {
		assert.True(t, seen[dir], "there is no package %s", dir)
	}
}

// TestEachLibraryHasItsRoom holds what shapes an interface of ours to one place.
func TestEachLibraryHasItsRoom(t *testing.T) {
	t.Parallel()
	eachFile(t, func(dir, name string, file *ast.File) {
		for _, imported := range importsOf(t, file) {
			for prefix, rooms := range only {
				if strings.HasPrefix(imported, prefix) && !strings.HasPrefix(module+dir+"/", prefix) {
					assert.Contains(t, rooms, dir, "%s imports %s", name, imported)
				}
			}
		}
	})
}

// TestNobodyElseTouchesTheProcess keeps exits and the environment with main and the command line.
func TestNobodyElseTouchesTheProcess(t *testing.T) {
	t.Parallel()
	eachFile(t, func(dir, name string, file *ast.File) {
		if storeyOf(dir) == 0 || storeyOf(dir) == 1 {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := s.X.(*ast.Ident); ok {
					if rooms, forbidden := outside[pkg.Name+"."+s.Sel.Name]; forbidden {
						assert.Contains(t, rooms, dir, "%s: %s.%s", name, pkg.Name, s.Sel.Name)
					}
				}
			}
			return true
		})
	})
}

func storeyOf(dir string) int {
	return slices.IndexFunc(storeys, func(storey []string) bool { return slices.Contains(storey, dir) })
}

// eachFile reads all files of the program itself: no tests, no test data.
func eachFile(t *testing.T, look func(dir, name string, file *ast.File)) {
	t.Helper()
	root := os.DirFS("../..")
	for _, top := range []string{"cmd/ssoproof", "fixtures", "internal", "suites"} {
		require.NoError(t, fs.WalkDir(root, top, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && entry.Name() == "testdata":
				return fs.SkipDir
			case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
				return nil
			}
			source, err := fs.ReadFile(root, name)
			require.NoError(t, err)
			file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
			require.NoError(t, err)
			look(path.Dir(name), name, file)
			return nil
		}))
	}
}

func importsOf(t *testing.T, file *ast.File) []string {
	t.Helper()
	var all []string
	for _, i := range file.Imports {
		imported, err := strconv.Unquote(i.Path.Value)
		require.NoError(t, err)
		all = append(all, imported)
	}
	return all
}
