# The words that CI uses too.
.PHONY: help build test race lint e2e clients fuzz bench

help: ## this list
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

build: ## the static binary, as bin/imageshare
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/imageshare ./cmd/imageshare

test: ## all tests that need Go alone
	go test ./...

race: ## the same with the race detector, in random order
	go test -race -shuffle=on ./...

lint: ## format, vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo 'run gofmt -w on these'; exit 1; }
	go vet ./... && (cd e2e && go vet ./...) && (cd e2e/ens3 && go vet ./...) && (cd bench && go vet ./...)
	go tool staticcheck ./...

e2e: ## the vendors' own SDKs in Go, Node and Python against the real binary
	@rm -rf bin/clients && mkdir -p bin/clients
	cd e2e && E2E_RESULTS=$(CURDIR)/bin/clients/1-go.jsonl go test -count=1 ./...
	cd e2e/ens3 && E2E_RESULTS=$(CURDIR)/bin/clients/2-go-ens3.jsonl go test -count=1 ./...
	cd e2e/node && npm ci --no-audit --no-fund --silent && E2E_RESULTS=$(CURDIR)/bin/clients/3-node.jsonl npm test --silent
	E2E_RESULTS=$(CURDIR)/bin/clients/4-python.jsonl e2e/python/run
	cat bin/clients/*.jsonl > bin/clients.jsonl

clients: e2e ## the same, and the README's table of clients written again
	cp bin/clients.jsonl testdata/clients.jsonl
	go test . -run TestReadme -update

fuzz: ## every fuzz target, FUZZTIME each (10s)
	@go list ./... | while read -r p; do \
		for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $${FUZZTIME:-10s} $$p || exit 1; \
		done; \
	done

bench: ## what calls cost, against a bare handler in the same run; the first builds files of ten million shares
	cd bench && go run .
