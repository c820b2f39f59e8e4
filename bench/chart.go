package main

import (
	"fmt"
	"image/color"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// draw draws what has a shape: what calls cost beside the floor, what of it
// goes where, and what growth does to it.
func (r *results) draw(dir string) error {
	if len(r.Calls) > 0 {
		if err := r.drawCalls(filepath.Join(dir, "calls.svg")); err != nil {
			return err
		}
	}
	if r.Layers != nil {
		if err := r.drawLayers(filepath.Join(dir, "layers.svg")); err != nil {
			return err
		}
	}
	if len(r.Growth) > 1 {
		return r.drawGrowth(filepath.Join(dir, "growth.svg"))
	}
	return nil
}

var (
	blue = color.RGBA{R: 0x33, G: 0x66, B: 0x99, A: 0xff}
	grey = color.RGBA{R: 0xaa, G: 0xaa, B: 0xaa, A: 0xff}
)

// drawCalls is a bar for each call: its CPU as a multiple of the floor's.
func (r *results) drawCalls(path string) error {
	var all []bar
	for _, c := range r.Calls {
		all = append(all, bar{fmt.Sprintf("%s, %s, %s (%s)", c.Call, c.API, c.Scheme, c.Draw), c.Ratio, blue})
	}
	return drawBars(path, "CPU of a signed call, as a multiple of a bare handler's", "", all)
}

// drawLayers is a bar for each layer as it is among the others, and a grey one
// for what is in none.
func (r *results) drawLayers(path string) error {
	var all []bar
	for _, l := range r.Layers.Layers {
		all = append(all, bar{l.Name, l.Within, blue})
	}
	all = append(all, bar{"rest", r.Layers.rest(), grey})
	return drawBars(path, fmt.Sprintf("Where the %.1f µs of a signed DescribeImageSharePermission go", r.Layers.Whole.Alone/1000), "ns", all)
}

// bar is one of a chart.
type bar struct {
	label string
	value float64
	color color.Color
}

// drawBars draws them from the left, the first on top.
func drawBars(path, title, unit string, all []bar) error {
	p := plot.New()
	p.Title.Text, p.X.Label.Text = title, unit
	p.Add(plotter.NewGrid())
	labels := make([]string, len(all))
	for i, b := range all {
		place := len(all) - 1 - i
		labels[place] = b.label
		one, err := plotter.NewBarChart(plotter.Values{b.value}, vg.Points(12))
		if err != nil {
			return err
		}
		one.Horizontal, one.XMin, one.Color, one.LineStyle.Width = true, float64(place), b.color, 0
		p.Add(one)
	}
	p.NominalY(labels...)
	p.X.Min = min(p.X.Min, 0)
	return p.Save(9*vg.Inch, vg.Length(len(all))*vg.Points(22)+vg.Inch, path)
}

// drawGrowth has the cost of a call over the number of shares stored, which
// ought to be flat.
func (r *results) drawGrowth(path string) error {
	p := plot.New()
	p.Title.Text = "DescribeImageSharePermission as shares grow, images drawn uniformly"
	p.X.Label.Text, p.Y.Label.Text = "shares stored", "multiple of a bare handler's CPU; p99 in ms"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Y.Min = 0
	var cpu, p99 plotter.XYs
	for _, g := range r.Growth {
		cpu = append(cpu, plotter.XY{X: float64(g.Shares), Y: g.Ratio})
		p99 = append(p99, plotter.XY{X: float64(g.Shares), Y: g.PacedP99})
	}
	for _, l := range []struct {
		name   string
		points plotter.XYs
		color  color.Color
	}{{"CPU", cpu, blue}, {fmt.Sprintf("p99 at %d/s", growthRate), p99, grey}} {
		line, points, err := plotter.NewLinePoints(l.points)
		if err != nil {
			return err
		}
		line.Color, points.Color = l.color, l.color
		p.Add(line, points)
		p.Legend.Add(l.name, line, points)
	}
	p.Add(plotter.NewGrid())
	return p.Save(7*vg.Inch, 4*vg.Inch, path)
}
