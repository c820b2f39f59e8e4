// Alibaba's SDK of 2014, which writes its timestamps with milliseconds. It
// knows no ENS.

import ALY from "aliyun-sdk";

import { byName } from "./by_name.js";

export const aliyun = () => ({ addr, key, api }) => {
  const ecs = new ALY.ECS({
    endpoint: `http://${addr}`, apiVersion: api.version, accessKeyId: key.id, secretAccessKey: key.secret, maxRetries: 0,
  });
  const call = (action, parameters) => new Promise((resolve, reject) => {
    const method = action[0].toLowerCase() + action.slice(1);
    ecs[method](parameters, (error, body) => (error ? reject(error) : resolve(body)));
  });
  return byName(api, call, blame);
};

function blame(e) {
  if (e.statusCode) return { code: e.code, status: e.statusCode, message: e.message, requestId: e.requestId };
}
