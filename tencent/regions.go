package tencent

// shortRegions are the names that API 2.0 gave to regions before they had long
// ones: the table by which the Terraform provider translates them, of which
// the vendor's own page of common parameters has the first fifteen.
var shortRegions = map[string]string{
	"bj":  "ap-beijing",
	"ca":  "na-toronto",
	"cd":  "ap-chengdu",
	"cq":  "ap-chongqing",
	"de":  "eu-frankfurt",
	"gz":  "ap-guangzhou",
	"hk":  "ap-hongkong",
	"in":  "ap-mumbai",
	"jp":  "ap-tokyo",
	"kr":  "ap-seoul",
	"sg":  "ap-singapore",
	"sh":  "ap-shanghai",
	"th":  "ap-bangkok",
	"use": "na-ashburn",
	"usw": "na-siliconvalley",

	"bjjr":    "ap-beijing-fsi",
	"gzopen":  "ap-guangzhou-open",
	"jkt":     "ap-jakarta",
	"nj":      "ap-nanjing",
	"qy":      "ap-qingyuan",
	"ru":      "eu-moscow",
	"sao":     "sa-saopaulo",
	"shjr":    "ap-shanghai-fsi",
	"szjr":    "ap-shenzhen-fsi",
	"szsycft": "ap-shenzhen-sycft",
	"szx":     "ap-shenzhen",
	"tpe":     "ap-taipei",
	"tsn":     "ap-tianjin",

	"cgoec": "ap-zhengzhou-ec",
	"csec":  "ap-changsha-ec",
	"fzec":  "ap-fuzhou-ec",
	"hfeec": "ap-hefei-ec",
	"hzec":  "ap-hangzhou-ec",
	"jnec":  "ap-jinan-ec",
	"sheec": "ap-shenyang-ec",
	"sjwec": "ap-shijiazhuang-ec",
	"whec":  "ap-wuhan-ec",
	"xiyec": "ap-xian-ec",
}

// longRegion is a region's present name, by whichever a client calls it.
func longRegion(name string) string {
	if long, ok := shortRegions[name]; ok {
		return long
	}
	return name
}
