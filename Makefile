# The words that CI uses too.
.PHONY: help build test race lint e2e fuzz bench

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
	go vet ./... && (cd e2e && go vet ./...)
	go tool staticcheck ./...

e2e: ## the vendors' own SDKs against the real binary
	cd e2e && go test -count=1 ./...

fuzz: ## every fuzz target, FUZZTIME each (10s)
	@go list ./... | while read -r p; do \
		for f in $$(go test -list '^Fuzz' $$p | grep '^Fuzz'); do \
			echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $${FUZZTIME:-10s} $$p || exit 1; \
		done; \
	done

bench: ## what a signed call costs, against a bare handler in the same run
	go run ./bench
