module imageshare

go 1.26.0

require (
	github.com/dustin/go-humanize v1.1.0 // sizes on the command line, as people write them
	github.com/go-json-experiment/json v1.27.2 // packages param, tencent, alibaba: JSON that refuses a name given twice and text that is no UTF-8, and writes nil lists as empty ones; the standard library to be
	github.com/gofrs/flock v0.13.1 // package store/sqlite: one server to a database file, on every platform
	github.com/google/uuid v1.6.0 // request ids, as UUIDs
	github.com/prometheus/client_golang v1.25.0 // the metrics and their text format
	go.yaml.in/yaml/v3 v3.0.5 // package state: YAML with the line of every value
	golang.org/x/sys v0.49.0 // package main: how late Linux may wake a thread
	modernc.org/sqlite v1.61.1 // package store/sqlite: SQLite without cgo, so one static binary for every platform
)

require (
	github.com/BurntSushi/toml v1.4.1-0.20240526193622-a339e1f7089c // indirect
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	golang.org/x/exp/typeparams v0.0.0-20231108232855-2478ac86f678 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
	honnef.co/go/tools v0.8.2 // indirect
	modernc.org/libc v1.79.0 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)

tool honnef.co/go/tools/cmd/staticcheck
