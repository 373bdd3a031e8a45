# `make` lists what there is. ARGS goes to the command of a target: make conformance ARGS="--guide 2024-03-28"

ARGS    ?=
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BIN     := bin/ssoproof

# Tools are run at pinned versions, straight from the module proxy: Go builds each once and keeps it in its build
# cache, and go.mod stays the list of what the program itself needs.
GOLANGCI_LINT := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOTESTSUM     := go run gotest.tools/gotestsum@v1.13.0
ACTIONLINT    := go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12

# No more packages side by side than cores: their tests drive browsers, and a saturated machine misses deadlines.
TEST := $(GOTESTSUM) --format pkgname-and-test-fails --format-hide-empty-pkg -- -timeout 15m -p 2

.DEFAULT_GOAL := help
.PHONY: help setup build conformance test race lint bench compose clean go chrome

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: go ## install a Chrome where none is found (Debian and Ubuntu as root; elsewhere: say how)
	@sh .ci/need chrome install

build: go ## bin/ssoproof, static: containers get the same file
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN) ./cmd/ssoproof

conformance: build chrome ## build, and run the main job on what this machine offers
	$(BIN) run $(ARGS)

test: go chrome ## all tests
	$(TEST) $(ARGS) ./...

race: go chrome ## all tests, with the race detector
	$(TEST) -race $(ARGS) ./...

lint: go ## golangci-lint and actionlint
	$(GOLANGCI_LINT) run $(ARGS) ./...
	$(ACTIONLINT)

bench: go chrome ## what a login costs, by browser and over HTTP
	go test -run '^$$' -bench Login -benchtime 5x $(ARGS) ./internal/journey

compose: build ## write docker-compose.yml anew from fixtures/versions
	$(BIN) stack compose $(ARGS) > docker-compose.yml.new
	mv docker-compose.yml.new docker-compose.yml

clean: ## remove what was built and reported
	rm -rf bin results docker-compose.yml.new

go:
	@sh .ci/need go

chrome:
	@sh .ci/need chrome
