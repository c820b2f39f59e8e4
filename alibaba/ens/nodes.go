package ens

// nodes are those whose ids the vendor's documents, samples and tools name; a
// whole list is not published, and an account sees its own part of it. The
// texts about Dalian are the document's, odd English name included; those about
// the others say where they are.
var nodes = []EnsRegion{
	{"Europe", "Zurich 1", "ch-zurich-1", "苏黎世", "瑞士"},
	{"NorthChina", "Beijing Telecom", "cn-beijing-telecom", "北京电信", "北京市"},
	{"SouthWestChina", "Chengdu Telecom 3", "cn-chengdu-telecom-3", "成都电信", "四川省"},
	{"CentralChina", "Chenzhou Multi-line", "cn-chenzhou-telecom_unicom_cmcc", "郴州三线", "湖南省"},
	{"SouthWestChina", "Chongqing 11", "cn-chongqing-11", "重庆", "重庆市"},
	{"SouthWestChina", "Chongqing 18", "cn-chongqing-18", "重庆", "重庆市"},
	{"NorthEastChina", "NorthChina", "cn-dalian-unicom", "大连联通", "辽宁省"},
	{"EastChina", "Hangzhou Telecom", "cn-hangzhou-telecom", "杭州电信", "浙江省"},
	{"EastChina", "Hefei CMCC 2", "cn-hefei-cmcc-2", "合肥移动", "安徽省"},
	{"EastChina", "Nanjing CMCC", "cn-nanjing-cmcc", "南京移动", "江苏省"},
	{"EastChina", "Wuxi Multi-line 2", "cn-wuxi-telecom_unicom_cmcc-2", "无锡三线", "江苏省"},
	{"SouthEastAsia", "Singapore 9", "sg-singapore-9", "新加坡", "新加坡"},
	{"Europe", "Istanbul 1", "tr-Istanbul-1", "伊斯坦布尔", "土耳其"},
}
