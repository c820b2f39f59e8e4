module imageshare/e2e

go 1.26

require (
	github.com/alibabacloud-go/darabonba-openapi v0.1.16 // configures the generated client of ECS
	github.com/alibabacloud-go/darabonba-openapi/v2 v2.1.13 // ECS and ENS by name, signing with ACS3 and V1; another API than the one above
	github.com/alibabacloud-go/ecs-20140526/v4 v4.24.17 // ECS, signing with ACS3
	github.com/alibabacloud-go/tea v1.3.13 // the error type of the clients above, and what they take for texts
	github.com/aliyun/alibaba-cloud-sdk-go v1.63.107 // ECS and ENS, signing with V1; compares the server's string to sign with its own
	github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common v1.3.210 // CVM's signatures, all modes; newer than the model, and its region breaker is mended
	github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/cvm v1.0.900 // CVM's model
)

require (
	github.com/alibabacloud-go/alibabacloud-gateway-spi v0.0.5 // indirect
	github.com/alibabacloud-go/debug v1.0.1 // indirect
	github.com/alibabacloud-go/endpoint-util v1.1.0 // indirect
	github.com/alibabacloud-go/openapi-util v0.1.0 // indirect
	github.com/alibabacloud-go/tea-utils v1.4.3 // indirect
	github.com/alibabacloud-go/tea-utils/v2 v2.0.7 // indirect
	github.com/aliyun/credentials-go v1.4.5 // indirect
	github.com/clbanning/mxj/v2 v2.7.0 // indirect
	github.com/jmespath/go-jmespath v0.4.0 // indirect
	github.com/json-iterator/go v1.1.12 // indirect
	github.com/modern-go/concurrent v0.0.0-20180306012644-bacd9c7ef1dd // indirect
	github.com/modern-go/reflect2 v1.0.2 // indirect
	github.com/opentracing/opentracing-go v1.2.1-0.20220228012449-10b1cf09e00b // indirect
	github.com/tjfoc/gmsm v1.4.1 // indirect
	golang.org/x/net v0.26.0 // indirect
	gopkg.in/ini.v1 v1.67.0 // indirect
)
