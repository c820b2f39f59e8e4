// The table: an SDK, an API and a way to sign. A new SDK is one more row, and
// then takes every step.

import { generated } from "./clients/alicloud_ecs.js";
import { openapi } from "./clients/openapi_client.js";
import { pop } from "./clients/pop_core.js";
import { aliyun } from "./clients/aliyun_sdk.js";
import { qcloud, qcloud2016 } from "./clients/qcloudapi.js";
import { tencentcloud } from "./clients/tencentcloud.js";
import { ecs, ens, tencent2, tencent2016, tencent3 } from "./state.js";

const tencent = "tencentcloud-sdk-nodejs-cvm";

export const rows = [
  row(tencent, tencent3, "TC3-HMAC-SHA256 POST", tencentcloud("TC3-HMAC-SHA256", "POST")),
  row(tencent, tencent3, "TC3-HMAC-SHA256 GET", tencentcloud("TC3-HMAC-SHA256", "GET")),
  row(tencent, tencent3, "HmacSHA1 POST", tencentcloud("HmacSHA1", "POST")),
  row(tencent, tencent3, "HmacSHA1 GET", tencentcloud("HmacSHA1", "GET")),
  row(tencent, tencent3, "HmacSHA256 POST", tencentcloud("HmacSHA256", "POST")),
  row(tencent, tencent3, "HmacSHA256 GET", tencentcloud("HmacSHA256", "GET")),

  row("qcloudapi-sdk", tencent2, "HmacSHA1 POST", qcloud("HmacSHA1", "POST")),
  row("qcloudapi-sdk", tencent2, "HmacSHA1 GET", qcloud("HmacSHA1", "GET")),
  row("qcloudapi-sdk", tencent2, "HmacSHA256 POST", qcloud("HmacSHA256", "POST")),
  row("qcloudapi-sdk", tencent2, "HmacSHA256 GET", qcloud("HmacSHA256", "GET")),
  row("qcloudapi-sdk", tencent2, "TC2-HmacSHA256 POST", qcloud("TC2-HmacSHA256", "POST")),
  row("qcloudapi-sdk", tencent2, "TC2-HmacSHA256 GET", qcloud("TC2-HmacSHA256", "GET")),
  row("qcloudapi-sdk", tencent2016, "HmacSHA1 POST", qcloud2016("HmacSHA1", "POST")),
  row("qcloudapi-sdk", tencent2016, "HmacSHA256 GET", qcloud2016("HmacSHA256", "GET")),

  row("@alicloud/ecs20140526", ecs, "ACS3-HMAC-SHA256 POST", generated()),
  row("@alicloud/ecs20140526", ecs, "V1 HMAC-SHA1 POST", generated("v2")),
  row("aliyun-sdk", ecs, "V1 HMAC-SHA1 POST form", aliyun()),

  ...[ecs, ens].flatMap((api) => [
    row("@alicloud/pop-core", api, "V1 HMAC-SHA1 GET", pop("GET")),
    row("@alicloud/pop-core", api, "V1 HMAC-SHA1 POST form", pop("POST")),
    row("@alicloud/openapi-client", api, "ACS3-HMAC-SHA256 GET", openapi({ method: "GET", place: "query" })),
    row("@alicloud/openapi-client", api, "ACS3-HMAC-SHA256 POST", openapi({ method: "POST", place: "query" })),
    row("@alicloud/openapi-client", api, "ACS3-HMAC-SHA256 POST form", openapi({ method: "POST", place: "body" })),
    row("@alicloud/openapi-client", api, "V1 HMAC-SHA1 POST", openapi({ method: "POST", place: "query", algorithm: "v2" })),
    row("@alicloud/openapi-client", api, "V1 HMAC-SHA1 POST form", openapi({ method: "POST", place: "body", algorithm: "v2" })),
  ]),
];

// dial makes a client for {addr, key, api}.
function row(client, api, signature, dial) {
  return { client, api, signature, dial };
}
