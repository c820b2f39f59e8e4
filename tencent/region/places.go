package region

import (
	"strconv"
	"strings"
)

// place is what is known of a region.
type place struct {
	name   string
	number int   // from which its zones' numbers are made
	zones  []int // the first zone if none are named
	closed int   // a zone that is sold out; 0: none
}

// places are the regions of the vendor's pages "Regions and AZs" and "Request
// Structure". Two stand in its list of regions alone, ap-guiyang and
// ap-xian-ec, which has them in Chinese and without zones.
var places = map[string]place{
	"ap-bangkok":        {name: "Southeast Asia (Bangkok)", number: 23, zones: []int{1, 2}},
	"ap-beijing":        {name: "North China (Beijing)", number: 8, zones: []int{1, 3, 4, 5, 6, 7}, closed: 1},
	"ap-chengdu":        {name: "Southwest China (Chengdu)", number: 16, zones: []int{1, 2}},
	"ap-chongqing":      {name: "Southwest China (Chongqing)", number: 19},
	"ap-guangzhou":      {name: "South China (Guangzhou)", number: 1, zones: []int{1, 3, 4, 6}, closed: 1},
	"ap-guangzhou-open": {name: "South China (Guangzhou Open)", number: 12},
	"ap-guiyang":        {name: "Southwest China (Guiyang)"},
	"ap-hongkong":       {name: "Hong Kong/Macao/Taiwan (Hong Kong, China)", number: 5, zones: []int{1, 2, 3}, closed: 1},
	"ap-jakarta":        {name: "Southeast Asia (Jakarta)", number: 72, zones: []int{1, 2}},
	"ap-mumbai":         {name: "South Asia (Mumbai)", number: 21, zones: []int{1, 2}},
	"ap-nanjing":        {name: "East China (Nanjing)", number: 33, zones: []int{1, 2}},
	"ap-seoul":          {name: "Northeast Asia (Seoul)", number: 18, zones: []int{1, 2}},
	"ap-shanghai":       {name: "East China (Shanghai)", number: 4, zones: []int{2, 3, 4, 5}},
	"ap-shanghai-fsi":   {name: "East China (Shanghai Finance)", number: 7, zones: []int{1, 2, 3}},
	"ap-shenzhen-fsi":   {name: "South China (Shenzhen Finance)", number: 11, zones: []int{1, 2, 3}},
	"ap-singapore":      {name: "Southeast Asia (Singapore)", number: 9, zones: []int{1, 2, 3, 4}},
	"ap-tokyo":          {name: "Northeast Asia (Tokyo)", number: 25, zones: []int{1, 2}},
	"ap-xian-ec":        {name: "Northwest China (Xi'an)", number: 57},
	"eu-frankfurt":      {name: "Europe (Frankfurt)", number: 17, zones: []int{1, 2}},
	"eu-moscow":         {name: "Europe (Moscow)", number: 24},
	"na-ashburn":        {name: "Eastern US (Virginia)", number: 22, zones: []int{1, 2}},
	"na-siliconvalley":  {name: "Western US (Silicon Valley)", number: 15, zones: []int{1, 2}},
	"na-toronto":        {name: "North America (Toronto)", number: 6},
	"sa-saopaulo":       {name: "South America (Sao Paulo)", number: 74},
}

// Name is what the vendor calls a region; one that it does not have, as a
// state file may name, is called by its id.
func Name(id string) string {
	if p, ok := places[id]; ok {
		return p.name
	}
	return id
}

// Zone is a zone of a region.
type Zone struct {
	// The id, such as ap-guangzhou-3.
	ID string
	// The number, as text.
	Number string
	// The name in words.
	Name string
	// AVAILABLE or UNAVAILABLE.
	State string
}

// Available is the state of whatever can be used.
const Available = "AVAILABLE"

// Zones are the zones of a region, at least one: clients take the first.
func Zones(id string) []Zone {
	p := places[id]
	numbers := p.zones
	if numbers == nil {
		numbers = []int{1}
	}
	var all []Zone
	for _, n := range numbers {
		z := Zone{
			ID: id + "-" + strconv.Itoa(n), Number: strconv.Itoa(p.number*100000 + n),
			Name: city(id) + " Zone " + strconv.Itoa(n), State: Available,
		}
		if n == p.closed {
			z.State = "UNAVAILABLE"
		}
		all = append(all, z)
	}
	return all
}

// city is the part of a region's name that its zones are called by.
func city(id string) string {
	_, rest, ok := strings.Cut(Name(id), "(")
	if !ok {
		return id
	}
	rest, _, _ = strings.Cut(strings.TrimSuffix(rest, ")"), ",")
	return rest
}
