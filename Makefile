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
# A copy of the Go vulnerability database, packed; where there is none, nothing is looked up.
VULNDB ?= ../shared/data/vulndb.tgz
# Packages tested at once. A package with a Postgres and a node of its own is busy with more than one core already.
PARALLEL ?= 2

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# No cgo: one static binary, and no C compiler needed to build it. Only the race detector asks for one.
export CGO_ENABLED = 0

GOLANGCI_LINT = bin/golangci-lint
SQLVET = $(CURDIR)/bin/sqlvet
GOVULNCHECK = bin/govulncheck
# The web application, once it is there: what its build depends on and what it makes.
WEB := $(wildcard web/package.json)
WEB_BUILT := $(WEB:package.json=dist/index.html)
WEB_INSTALLED := $(WEB:package.json=node_modules/.package-lock.json)
WEB_SOURCES := $(if $(WEB),$(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/e2e/*' -not -name '*.go'))
# The official Node.js clients of the event node's protocol, for its tests.
CLIENTS := infra/eventnode/nodeclients
CLIENTS_INSTALLED := $(CLIENTS)/node_modules/.package-lock.json
# Whoever narrows the tests down to some Go packages or names has no use for the tests of the web application.
WHOLE := $(and $(filter ./...,$(PKG)),$(filter .,$(RUN)))
GO_BUILD = go build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)'

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

##@ Two commands for everything

.PHONY: run
run: deps build ## Install what is missing, build, start with a tiny demo company (DATA= LISTEN= DEMO=)
	@exec bin/letopis serve --data "$(DATA)" --listen "$(LISTEN)" --demo "$(DEMO)"

.PHONY: test
test: ## Install what is missing, build, vet, run all tests, in a browser too (PKG= RUN= PARALLEL=)
	@tools/deps.sh test
	@$(MAKE) build $(CLIENTS_INSTALLED)
	@echo '-- go vet $(PKG)'
	@go vet $(PKG)
	@echo '-- go test $(PKG)'
	@go test -p $(PARALLEL) -run '$(RUN)' $(PKG) || { echo 'test: FAILED'; exit 1; }
ifneq ($(and $(WEB),$(WHOLE)),)
	@$(MAKE) test-web e2e
endif
	@echo 'test: everything passed'

##@ Building

.PHONY: build
build: $(WEB_BUILT) ## Build bin/letopis with the web application in it
	@$(GO_BUILD) -o bin/letopis ./cmd/letopis

# Not `build`: the web application is built from what is generated here, and may not fit together before.
.PHONY: generate
generate: $(WEB_INSTALLED) ## Write what is generated: OpenAPI document, event catalogue, the web application's words and types
	@$(GO_BUILD) -o bin/letopis ./cmd/letopis
	@mkdir -p docs
	@bin/letopis openapi >docs/openapi.json.new && mv docs/openapi.json.new docs/openapi.json
	@bin/letopis events >docs/events.md.new && mv docs/events.md.new docs/events.md
	@bin/letopis access >docs/access.md.new && mv docs/access.md.new docs/access.md
ifneq ($(WEB),)
	@for lang in ru en; do \
		texts=web/src/i18n/$$lang; \
		bin/letopis words --lang $$lang --part names >$$texts/words.new && mv $$texts/words.new $$texts/words.gen.json || exit 1; \
		bin/letopis words --lang $$lang --part details >$$texts/words.new && mv $$texts/words.new $$texts/details.gen.json || exit 1; \
	done
	@npm --prefix web run --silent generate
endif

GENERATED = docs/openapi.json docs/events.md docs/access.md $(wildcard web/src/i18n/*/*.gen.json web/src/api/*.gen.ts)
.PHONY: fresh
fresh: ## Fail when what is committed is not what `make generate` writes
	@before=$$(sha256sum $(GENERATED)) && $(MAKE) generate && [ "$$before" = "$$(sha256sum $(GENERATED))" ] \
		|| { echo 'fresh: the generated files were stale; they are written anew'; exit 1; }

.PHONY: deps
deps: ## Install what is missing (as root), or say the command that does
	@tools/deps.sh

.PHONY: clean
clean: ## Remove what was built; data is never touched
	@rm -rf bin coverage test-results web/node_modules $(CLIENTS)/node_modules
	@if [ -d web/dist ]; then find web/dist -mindepth 1 -not -name .gitkeep -delete; fi

##@ Checking

.PHONY: race
race: ## All tests under the race detector
	@tools/deps.sh race
	@$(MAKE) $(CLIENTS_INSTALLED)
	@CGO_ENABLED=1 go test -race -p $(PARALLEL) -run '$(RUN)' $(PKG)

.PHONY: lint
lint: $(GOLANGCI_LINT) $(SQLVET) ## Rules of the house: .golangci.yaml and tools/sqlvet
	@$(GOLANGCI_LINT) run $(PKG)
	@go vet -vettool=$(SQLVET) $(PKG)
	@echo 'lint: nothing found'

.PHONY: vuln
vuln: $(GOVULNCHECK) ## Known vulnerabilities in what the program calls (VULNDB=file.tgz)
	@tools/vuln.sh $(GOVULNCHECK) '$(VULNDB)'

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
test-web: $(WEB_INSTALLED) ## Tests of the web application alone
	@echo '-- npm test'
	@npm --prefix web run --silent test

.PHONY: e2e
e2e: build ## Use the whole program with a browser, as people do
	@echo '-- npm run e2e'
	@npm --prefix web run --silent e2e

.PHONY: screenshots
screenshots: build ## Pictures of all screens in test-results/screenshots
	@npm --prefix web run --silent screenshots

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*##" } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z][a-z0-9-]*:.*##/ { printf "  make %-11s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# --- files

# The linter and the checker of vulnerabilities are Go tools pinned in tools/go.mod, a module of its own so that the product
# does not carry their dependencies.
$(GOLANGCI_LINT): tools/go.mod tools/go.sum
	@echo '-- building golangci-lint (once)'
	@go -C tools build -o ../$@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(GOVULNCHECK): tools/go.mod tools/go.sum
	@go -C tools build -o ../$@ golang.org/x/vuln/cmd/govulncheck

$(SQLVET): tools/sqlvet/main.go tools/go.mod tools/go.sum
	@go -C tools build -o $@ ./sqlvet

# No script of an installed package runs: none is needed.
$(CLIENTS_INSTALLED): $(CLIENTS)/package.json $(CLIENTS)/package-lock.json
	@npm --prefix $(CLIENTS) ci --ignore-scripts --no-audit --no-fund
	@touch $@

ifneq ($(WEB),)
web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@npm --prefix web ci --no-audit --no-fund
	@touch $@

# The build empties its folder; the placeholder belongs to the repository.
web/dist/index.html: $(WEB_INSTALLED) $(WEB_SOURCES)
	@echo '-- building the web application'
	@npm --prefix web run --silent build
	@touch $@ web/dist/.gitkeep
endif
