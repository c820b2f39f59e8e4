package ecs

// Regions are the ids that the product serves unless a state file says others:
// those that the vendor's metadata lists an endpoint for.
var Regions = []string{
	"cn-qingdao", "cn-beijing", "cn-zhangjiakou", "cn-huhehaote", "cn-wulanchabu", "cn-hangzhou", "cn-shanghai",
	"cn-nanjing", "cn-fuzhou", "cn-shenzhen", "cn-heyuan", "cn-guangzhou", "cn-chengdu", "cn-zhongwei", "cn-wuhan-lr",
	"cn-hongkong", "ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
	"ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ap-southeast-8", "ap-south-1", "us-west-1", "us-east-1",
	"us-southeast-1", "na-south-1", "eu-central-1", "eu-west-1", "me-east-1", "me-central-1", "cn-north-2-gov-1",
	"cn-shanghai-finance-1", "cn-shenzhen-finance-1", "cn-beijing-finance-1", "cn-heyuan-acdr-1", "cn-zhengzhou-jva",
}

// regionName is what people call a region.
type regionName struct{ english, chinese string }

// regionNames are the vendor's own. A region that no page could be found to
// name is called by its id.
var regionNames = map[string]regionName{
	"cn-qingdao":     {"China (Qingdao)", "华北1（青岛）"},
	"cn-beijing":     {"China (Beijing)", "华北2（北京）"},
	"cn-zhangjiakou": {"China (Zhangjiakou)", "华北3（张家口）"},
	"cn-huhehaote":   {"China (Hohhot)", "华北5（呼和浩特）"},
	"cn-wulanchabu":  {"China (Ulanqab)", "华北6（乌兰察布）"},
	"cn-hangzhou":    {"China (Hangzhou)", "华东1（杭州）"},
	"cn-shanghai":    {"China (Shanghai)", "华东2（上海）"},
	"cn-nanjing":     {"China (Nanjing - Local Region)", "华东5（南京-本地地域）"},
	"cn-fuzhou":      {"China (Fuzhou - Local Region)", "华东6（福州-本地地域）"},
	"cn-shenzhen":    {"China (Shenzhen)", "华南1（深圳）"},
	"cn-heyuan":      {"China (Heyuan)", "华南2（河源）"},
	"cn-guangzhou":   {"China (Guangzhou)", "华南3（广州）"},
	"cn-chengdu":     {"China (Chengdu)", "西南1（成都）"},
	"cn-hongkong":    {"China (Hong Kong)", "中国香港"},
	"ap-northeast-1": {"Japan (Tokyo)", "日本（东京）"},
	"ap-northeast-2": {"South Korea (Seoul)", "韩国（首尔）"},
	"ap-southeast-1": {"Singapore", "新加坡"},
	"ap-southeast-2": {"Australia (Sydney)", "澳大利亚（悉尼）"},
	"ap-southeast-3": {"Malaysia (Kuala Lumpur)", "马来西亚（吉隆坡）"},
	"ap-southeast-5": {"Indonesia (Jakarta)", "印度尼西亚（雅加达）"},
	"ap-southeast-6": {"Philippines (Manila)", "菲律宾（马尼拉）"},
	"ap-southeast-7": {"Thailand (Bangkok)", "泰国（曼谷）"},
	"ap-south-1":     {"India (Mumbai)", "印度（孟买）"},
	"us-west-1":      {"US (Silicon Valley)", "美国（硅谷）"},
	"us-east-1":      {"US (Virginia)", "美国（弗吉尼亚）"},
	"eu-central-1":   {"Germany (Frankfurt)", "德国（法兰克福）"},
	"eu-west-1":      {"UK (London)", "英国（伦敦）"},
	"me-east-1":      {"UAE (Dubai)", "阿联酋（迪拜）"},
	"me-central-1":   {"Saudi Arabia (Riyadh)", "沙特（利雅得）"},
}
