package mutants

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const module = "github.com/ssoproof/ssoproof/"

// source is a package with its types.
type source struct {
	name  string // its last element
	fset  *token.FileSet
	files []*ast.File
	texts map[string][]byte // by file
	types *types.Package
	info  *types.Info
}

// load reads a package of the module at root. The types of what it imports come from the build cache.
func load(ctx context.Context, root, dir string) (*source, error) {
	exports, files, err := list(ctx, root, dir)
	if err != nil {
		return nil, err
	}
	s := &source{name: filepath.Base(dir), fset: token.NewFileSet(), texts: map[string][]byte{}}
	for _, name := range files {
		if s.texts[name], err = os.ReadFile(name); err != nil {
			return nil, fmt.Errorf("read the double: %w", err)
		}
		file, err := parser.ParseFile(s.fset, name, s.texts[name], parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("read the double: %w", err)
		}
		s.files = append(s.files, file)
	}
	s.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(s.fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
	if s.types, err = config.Check(module+dir, s.fset, s.files, s.info); err != nil {
		return nil, fmt.Errorf("read the double's types: %w", err)
	}
	return s, nil
}

// list asks the go command for the files of a package, and for where the types of all that it imports are.
func list(ctx context.Context, root, dir string) (exports map[string]string, files []string, err error) {
	var out, complaint bytes.Buffer
	command := exec.CommandContext(ctx, "go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}\t{{.Dir}}\t{{join .GoFiles \" \"}}", "./"+dir)
	command.Dir, command.Stdout, command.Stderr = root, &out, &complaint
	if err := command.Run(); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("list what %s imports: %w", dir, err), errors.New(complaint.String()))
	}
	exports = map[string]string{}
	for line := range strings.Lines(out.String()) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		exports[fields[0]] = fields[1]
		if fields[0] != module+dir {
			continue
		}
		for name := range strings.FieldsSeq(fields[3]) {
			files = append(files, filepath.Join(fields[2], name))
		}
	}
	return exports, files, nil
}
