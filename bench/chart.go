package main

import (
	"fmt"
	"image/color"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// draw draws what has a shape: what calls cost beside the floor, and what
// growth does to them.
func (r *results) draw(dir string) error {
	if len(r.Calls) > 0 {
		if err := r.drawCalls(filepath.Join(dir, "calls.svg")); err != nil {
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
	p := plot.New()
	p.Title.Text = "CPU of a signed call, as a multiple of a bare handler's"
	var values plotter.Values
	var labels []string
	for i := len(r.Calls) - 1; i >= 0; i-- { // the first on top
		c := r.Calls[i]
		values = append(values, c.Ratio)
		labels = append(labels, fmt.Sprintf("%s, %s, %s (%s)", c.Call, c.API, c.Scheme, c.Draw))
	}
	bars, err := plotter.NewBarChart(values, vg.Points(12))
	if err != nil {
		return err
	}
	bars.Horizontal, bars.Color, bars.LineStyle.Width = true, blue, 0
	p.Add(bars, plotter.NewGrid())
	p.NominalY(labels...)
	p.X.Min = 0
	return p.Save(9*vg.Inch, vg.Length(len(values))*vg.Points(22)+vg.Inch, path)
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
