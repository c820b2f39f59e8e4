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
