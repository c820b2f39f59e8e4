package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// layered is the first call taken apart inside the server, without the network:
// BenchmarkLayers of package server, which says what is in each layer.
type layered struct {
	Layers []layer // in the order of a call
	Sum    layer   // of these
	Whole  layer   // the handler itself
	Miss   layer   // what the store takes where its cache does not have the image
}

// layer is the medians of some runs.
type layer struct {
	Name string
	// Alone is what it takes in ns again and again, Within among the others, where
	// it finds the processor's caches as they left them.
	Alone, Within float64
	Allocations   float64
}

// layers has the layers take turns, as everything here does, and not each of
// them run some times in a row: so they and the whole meet the same machine.
func (b *bench) layers(ctx context.Context) error {
	test := filepath.Join(b.data, "server.test")
	if err := compile(ctx, "test", "-c", "-o", test, "./server"); err != nil {
		return err
	}
	var runs [][]layer
	for range b.rounds {
		run, err := b.runLayers(ctx, test)
		if err != nil {
			return err
		}
		runs = append(runs, run)
	}
	var err error
	if b.results.Layers, err = newLayered(medians(runs)); err != nil {
		return err
	}
	fmt.Print(b.results.Layers)
	return nil
}

// runLayers has a whole second for each, if a load has five.
func (b *bench) runLayers(ctx context.Context, test string) ([]layer, error) {
	text, err := pinned(ctx, serverCore, test, "-test.run=^$", "-test.bench=^BenchmarkLayers$", "-test.benchmem",
		"-test.benchtime="+(b.lasts/5).String()).CombinedOutput()
	if err != nil {
		return nil, errors.Join(err, errors.New(string(text)))
	}
	return readLayers(string(text))
}

// readLayers reads what package testing prints: a name and a count, then values
// each with its unit. What layers take among others stands with their sequence.
func readLayers(text string) (all []layer, err error) {
	within := map[string]float64{}
	for line := range strings.SplitSeq(text, "\n") {
		name, ok := strings.CutPrefix(line, "BenchmarkLayers/")
		fields := strings.Fields(name)
		if !ok || len(fields) < 2 {
			continue
		}
		values := map[string]float64{}
		for i := 2; i+1 < len(fields); i += 2 {
			value, fault := strconv.ParseFloat(fields[i], 64)
			err = errors.Join(err, fault)
			values[fields[i+1]] = value
		}
		if fields[0] == "sequence" {
			within = values
			continue
		}
		all = append(all, layer{Name: fields[0], Alone: values["ns/op"], Allocations: values["allocs/op"]})
	}
	for i := range all {
		all[i].Within = within[all[i].Name+"-ns"]
	}
	return all, err
}

// medians are taken of each figure by itself. Every run has the same layers.
func medians(runs [][]layer) (all []layer) {
	for i, l := range runs[0] {
		var alone, within []float64
		for _, run := range runs {
			alone, within = append(alone, run[i].Alone), append(within, run[i].Within)
		}
		slices.Sort(alone)
		slices.Sort(within)
		l.Alone, l.Within = alone[len(alone)/2], within[len(within)/2]
		all = append(all, l)
	}
	return all
}

// newLayered tells the layers from what is measured beside them.
func newLayered(all []layer) (*layered, error) {
	l := &layered{Sum: layer{Name: "sum"}}
	for _, one := range all {
		switch one.Name {
		case "whole":
			l.Whole = one
		case "store/miss":
			l.Miss = one
		default:
			l.Layers = append(l.Layers, one)
			l.Sum.Alone += one.Alone
			l.Sum.Within += one.Within
			l.Sum.Allocations += one.Allocations
		}
	}
	if l.Sum.Within == 0 || l.Whole.Alone == 0 || l.Miss.Alone == 0 {
		return nil, fmt.Errorf("of the layers there is only %v", all)
	}
	return l, nil
}

// rest is what is in no layer; below 0 it is what the layers do twice, or noise.
func (l *layered) rest() float64 { return l.Whole.Alone - l.Sum.Within }

func (l *layered) String() string {
	var t strings.Builder
	part := func(of float64) float64 { return 100 * of / l.Whole.Alone }
	fmt.Fprintf(&t, "%-10s %9s %13s %12s\n", "", "alone", "among others", "allocations")
	for _, one := range append(slices.Clone(l.Layers), l.Sum) {
		fmt.Fprintf(&t, "%-10s %6.0f ns %10.0f ns %12.0f %8.1f %%\n", one.Name, one.Alone, one.Within, one.Allocations, part(one.Within))
	}
	fmt.Fprintf(&t, "%-10s %20.0f ns %21.1f %%\n", "rest", l.rest(), part(l.rest()))
	fmt.Fprintf(&t, "%-10s %20.0f ns %12.0f %8.1f %%\n", l.Whole.Name, l.Whole.Alone, l.Whole.Allocations, 100.0)
	fmt.Fprintf(&t, "An image that is not in the cache takes the store %.0f ns and %.0f allocations, alone.\n", l.Miss.Alone, l.Miss.Allocations)
	return t.String()
}
