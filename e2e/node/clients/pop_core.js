// Alibaba's SDK without models: everything in the query of a GET or in the
// form of a POST. Its only sign of an error is a Code in the answer.

import RPCClient from "@alicloud/pop-core";

import { byName } from "./by_name.js";

export const pop = (method) => ({ addr, key, api }) => {
  const sdk = new RPCClient({
    endpoint: `http://${addr}`, apiVersion: api.version, accessKeyId: key.id, accessKeySecret: key.secret,
  });
  return byName(api, (action, parameters) => sdk.request(action, parameters, { method, timeout: 30_000 }), blame);
};

function blame(e) {
  if (e.entry) return { code: e.code, status: e.entry.response.statusCode, message: e.message, requestId: e.data.RequestId };
}
