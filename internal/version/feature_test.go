package version_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ssoproof/ssoproof/internal/version"
)

const versionPackage = "github.com/ssoproof/ssoproof/internal/version"

func TestEveryFeatureIsUsedByItsProduct(t *testing.T) {
	t.Parallel()
	c := load(t)
	for _, info := range version.Features() {
		used := false
		for _, r := range c.Releases(info.Product) {
			used = used || r.Has(info.Feature) && r.Unsupported == ""
		}
		assert.True(t, used, "no supported release of %s has %q", info.Product, info.Feature)
	}
}

func TestFeaturesListsEveryConstant(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, info := range version.Features() {
		assert.False(t, listed[string(info.Feature)], "%q stands in the list twice", info.Feature)
		listed[string(info.Feature)] = true
		assert.Regexp(t, `^[A-Z"].*\.$`, info.Meaning, "one sentence on %q", info.Feature)
	}
	constants := featureConstants(t)
	for name, value := range constants {
		assert.True(t, listed[value], "%s is not in Features", name)
	}
	assert.Len(t, listed, len(constants))
}

// A feature that no code asks for is a fact that nobody needs.
func TestEveryFeatureIsAskedForByCode(t *testing.T) {
	t.Parallel()
	if files, err := filepath.Glob("../journey/*.go"); err != nil || len(files) == 0 {
		t.Skip("internal/journey has no Go files, so the code that asks for features is not all there")
	}
	asked := map[string]bool{}
	for _, root := range []string{"../../internal", "../../suites"} {
		require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() && filepath.Base(path) == "version" && root == "../../internal" {
				return orSkip(err)
			}
			if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				selectorsOfVersion(t, path, asked)
			}
			return nil
		}))
	}
	var missing []string
	for name := range featureConstants(t) {
		if !asked[name] {
			missing = append(missing, "version."+name)
		}
	}
	slices.Sort(missing)
	assert.Empty(t, missing, "features that no code outside internal/version names")
}

func orSkip(err error) error {
	if err != nil {
		return err
	}
	return fs.SkipDir
}

// featureConstants reads the constants of type Feature from the source: name to value.
func featureConstants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "feature.go", nil, 0)
	require.NoError(t, err)
	constants := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Feature" {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			constants[spec.Names[0].Name] = value
		}
		return true
	})
	require.NotEmpty(t, constants)
	return constants
}

// selectorsOfVersion notes every X of version.X in a file, under whatever name it imports this package.
func selectorsOfVersion(t *testing.T, path string, asked map[string]bool) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	require.NoError(t, err)
	local := ""
	for _, spec := range file.Imports {
		if spec.Path.Value == strconv.Quote(versionPackage) {
			local = "version"
			if spec.Name != nil {
				local = spec.Name.Name
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == local {
				asked[s.Sel.Name] = true
			}
		}
		return true
	})
}
