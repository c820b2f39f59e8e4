// Alibaba's generic OpenAPI client, on which older generated SDKs stand. Its
// algorithm "v2" is the older signature of parameters.

import sdk, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import { RuntimeOptions } from "@alicloud/tea-util";

import { byName } from "./by_name.js";

const Client = sdk.default;

export const openapi = ({ method, place, algorithm }) => ({ addr, key, api }) => {
  const client = new Client(new Config({
    endpoint: addr, protocol: "http", accessKeyId: key.id, accessKeySecret: key.secret, signatureAlgorithm: algorithm,
  }));
  const call = async (action, parameters) => {
    const params = new Params({
      action, version: api.version, protocol: "HTTP", method, pathname: "/", authType: "AK",
      style: "RPC", reqBodyType: "formData", bodyType: "json",
    });
    const answer = await client.callApi(params, new OpenApiRequest({ [place]: texts(parameters) }), new RuntimeOptions({}));
    return answer.body;
  };
  return byName(api, call, blame);
};

// texts: the client encodes only what is one already.
const texts = (parameters) => Object.fromEntries(Object.entries(parameters).map(([k, v]) => [k, String(v)]));

function blame(e) {
  if (e.data?.Code) return { code: e.code, status: e.data.statusCode, message: e.message, requestId: e.data.RequestId };
}
