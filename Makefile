# `make` lists what there is. ARGS goes to the command of a target, PKG narrows what is tested:
#   make conformance ARGS="--guide 2024-03-28"
#   make test ARGS="-run TestParse" PKG=./internal/guide

ARGS    ?=
PKG     ?= ./...
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
BIN     := bin/ssoproof

# Tools at pinned versions are built once, from the module proxy, into the user's cache: go.mod stays the list of what
# the program itself needs, and later runs need no network.
TOOLS         := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/ssoproof/tools
GOLANGCI_LINT := $(TOOLS)/golangci-lint@v2.15.0/golangci-lint
GOTESTSUM     := $(TOOLS)/gotestsum@v1.13.0/gotestsum
ACTIONLINT    := $(TOOLS)/actionlint@v1.7.12/actionlint

# No more packages side by side than cores: their tests drive browsers, and a saturated machine misses deadlines.
TEST := $(GOTESTSUM) --format pkgname-and-test-fails --format-hide-empty-pkg -- -timeout 15m -p 2

.DEFAULT_GOAL := help
.PHONY: help setup build conformance test race lint bench causes mutants soak compose clean go chrome

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: go ## install a Chrome where none is found (Debian and Ubuntu as root; elsewhere: say how)
	@sh .ci/need chrome install

build: go ## bin/ssoproof, static: containers get the same file
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN) ./cmd/ssoproof

conformance: build chrome ## build, and run the main job on what this machine offers
	$(BIN) run $(ARGS)

# Containers that come and go disturb every Chrome on their machine, so their tests run apart from the others'.
ENGINE := /internal/stack/containers

test: go chrome $(GOTESTSUM) ## all tests
ifeq ($(PKG),./...)
	$(TEST) $(ARGS) $(filter-out %$(ENGINE),$(shell go list ./...))
	$(TEST) $(ARGS) .$(ENGINE)
else
	$(TEST) $(ARGS) $(PKG)
endif

# The experiments run the code of one run some two hundred times over: under the detector that takes as long as all else.
EXPERIMENTS := TestExperiments

race: go chrome $(GOTESTSUM) ## all tests, with the race detector but for the experiments
ifeq ($(PKG),./...)
	@$(MAKE) -s test ARGS="-race -skip $(EXPERIMENTS) $(ARGS)"
	$(TEST) -run $(EXPERIMENTS) $(ARGS) ./suites
else
	@$(MAKE) -s test ARGS="-race $(ARGS)" PKG="$(PKG)"
endif

lint: go $(GOLANGCI_LINT) $(ACTIONLINT) ## golangci-lint and actionlint
	$(GOLANGCI_LINT) run $(ARGS) $(PKG)
	$(ACTIONLINT)

bench: go chrome ## what a login costs, by browser and over HTTP, the merge of a matrix, and the diagnosis of a run
	go test -run '^$$' -bench Login -benchtime 5x $(ARGS) ./internal/journey
	go test -run '^$$' -bench Merge -benchtime 1x $(ARGS) ./internal/site
	go test -run '^$$' -bench Diagnosis -benchtime 5x $(ARGS) ./internal/diagnose

causes: go ## make each mistake on doubles (ARGS="-stack containers": on the products), and write docs/causes.md
	go run ./cmd/causes $(ARGS)

mutants: go chrome ## edit the doubles hundreds of times, and write docs/mutants.md: what notices which edit
	go run ./cmd/mutants $(ARGS)

soak: go chrome ## run the catalogue on doubles 200 times, some on a busy machine: no status may differ
	go run -race ./cmd/soak $(ARGS)

compose: build ## write docker-compose.yml anew from fixtures/versions
	$(BIN) stack compose $(ARGS) > docker-compose.yml.new
	mv docker-compose.yml.new docker-compose.yml

clean: ## remove what was built and reported
	rm -rf bin results docker-compose.yml.new

go:
	@sh .ci/need go

chrome:
	@sh .ci/need chrome

$(GOLANGCI_LINT): module := github.com/golangci/golangci-lint/v2/cmd/golangci-lint
$(GOTESTSUM): module := gotest.tools/gotestsum
$(ACTIONLINT): module := github.com/rhysd/actionlint/cmd/actionlint
$(GOLANGCI_LINT) $(GOTESTSUM) $(ACTIONLINT):
	GOBIN=$(@D) CGO_ENABLED=0 go install $(module)@$(lastword $(subst @, ,$(notdir $(@D))))
