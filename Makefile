# Everything there is to do with Letopis. `make` alone lists it.

# --- settings, each of them can be given on the command line: make run LISTEN=127.0.0.1:9000

# Where a local run keeps its data. Root gets the place Debian gives to services.
ifeq ($(shell id -u),0)
DATA ?= /var/lib/letopis
else
DATA ?= $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/letopis
endif
# Where a local run can be reached: this machine only.
LISTEN ?= 127.0.0.1:8080
# The demo company loaded into an empty log.
DEMO ?= tiny
# Go packages that test, race and bench look at, and names to narrow them down.
PKG ?= ./...
RUN ?= .
BENCH ?= .
# How long each fuzz target runs, and which (a pattern of their names).
FUZZTIME ?= 10s
FUZZ ?= .
# Packages tested at once. A package with a Postgres and a node of its own is busy with more than one core already.
PARALLEL ?= 2

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# No cgo: one static binary, and no C compiler needed to build it. Only the race detector asks for one.
export CGO_ENABLED = 0

GOLANGCI_LINT = bin/golangci-lint
SQLVET = $(CURDIR)/bin/sqlvet
# The web application, once it is there: what its build depends on and what it makes.
WEB := $(wildcard web/package.json)
WEB_BUILT := $(WEB:package.json=dist/index.html)
WEB_SOURCES := $(if $(WEB),$(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -name '*.go'))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

##@ Two commands for everything

.PHONY: run
run: deps build ## Install what is missing, build, start with a tiny demo company (DATA= LISTEN= DEMO=)
	@exec bin/letopis serve --data "$(DATA)" --listen "$(LISTEN)" --demo "$(DEMO)"

.PHONY: test
test: deps ## Install what is missing, vet, run all tests (PKG= RUN= PARALLEL=)
	@echo '-- go vet $(PKG)'
	@go vet $(PKG)
	@echo '-- go test $(PKG)'
	@go test -p $(PARALLEL) -run '$(RUN)' $(PKG) || { echo 'test: FAILED'; exit 1; }
ifneq ($(WEB),)
	@$(MAKE) test-web
endif
	@echo 'test: everything passed'

##@ Building

.PHONY: build
build: $(WEB_BUILT) ## Build bin/letopis with the web application in it
	@go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' -o bin/letopis ./cmd/letopis

.PHONY: generate
generate: build ## Write what is generated: OpenAPI document, event catalogue, the web application's types
	@mkdir -p docs
	@bin/letopis openapi >docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json
	@bin/letopis events >docs/events.md.new && mv docs/events.md.new docs/events.md
ifneq ($(WEB),)
	@npm --prefix web run --silent --if-present generate
endif

.PHONY: deps
deps: ## Install what is missing (as root), or say the command that does
	@tools/deps.sh

.PHONY: clean
clean: ## Remove what was built; data is never touched
	@rm -rf bin coverage test-results web/node_modules
	@if [ -d web/dist ]; then find web/dist -mindepth 1 -not -name .gitkeep -delete; fi

##@ Checking

.PHONY: race
race: ## All tests under the race detector
	@tools/deps.sh race
	@CGO_ENABLED=1 go test -race -p $(PARALLEL) -run '$(RUN)' $(PKG)

.PHONY: lint
lint: $(GOLANGCI_LINT) $(SQLVET) ## Rules of the house: .golangci.yaml and tools/sqlvet
	@$(GOLANGCI_LINT) run $(PKG)
	@go vet -vettool=$(SQLVET) $(PKG)
	@echo 'lint: nothing found'

.PHONY: fmt
fmt: $(GOLANGCI_LINT) ## Format the Go code
	@$(GOLANGCI_LINT) fmt

.PHONY: fix
fix: $(GOLANGCI_LINT) ## Repair what the linter can repair by itself
	@$(GOLANGCI_LINT) run --fix $(PKG)

.PHONY: fuzz
fuzz: deps ## Run every fuzz target for a while (FUZZTIME=10s FUZZ=name)
	@tools/fuzz.sh '$(FUZZTIME)' '$(FUZZ)'

.PHONY: bench
bench: deps ## Benchmarks (PKG= BENCH=)
	@go test -p 1 -run '^$$' -bench '$(BENCH)' -benchmem $(PKG)

.PHONY: test-web
test-web: $(if $(WEB),web/node_modules/.package-lock.json) ## Tests of the web application alone
	$(if $(WEB),,@echo 'test-web: there is no web application')
	@$(if $(WEB),npm --prefix web run --if-present test,:)

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*##" } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z][a-z-]*:.*##/ { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- files

# The linter is a Go tool pinned in tools/go.mod, a module of its own so that the product does not carry its dependencies.
$(GOLANGCI_LINT): tools/go.mod tools/go.sum
	@echo '-- building golangci-lint (once)'
	@go -C tools build -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(SQLVET): tools/sqlvet/main.go tools/go.mod tools/go.sum
	@go -C tools build -o $@ ./sqlvet

ifneq ($(WEB),)
web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@npm --prefix web ci --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	@npm --prefix web run build
	@touch $@
endif
