// The SDKs over TLS. TestTLSNode of the Go module above starts the server and
// runs this twice: told whom to trust, and not told.

import assert from "node:assert/strict";
import { test } from "node:test";

import ecs, { DescribeImageSharePermissionRequest } from "@alicloud/ecs20140526";
import openapi, { Config, OpenApiRequest, Params } from "@alicloud/openapi-client";
import core from "@alicloud/openapi-core";
import RPCClient from "@alicloud/pop-core";
import { RuntimeOptions } from "@alicloud/tea-util";
import ALY from "aliyun-sdk";
import QcloudApi from "qcloudapi-sdk";
import tencentcloud from "tencentcloud-sdk-nodejs-cvm";

const { addr, key, images, account, told } = JSON.parse(process.env.E2E_TLS ?? "{}");
const action = "DescribeImageSharePermission";
const alibaba = key && { accessKeyId: key.id, accessKeySecret: key.secret };
const inRegion = { RegionId: "cn-hangzhou", ImageId: images?.ecs };

// clients list whom an image is shared with.
const clients = {
  async "tencentcloud-sdk-nodejs-cvm"() {
    const client = new tencentcloud.cvm.v20170312.Client({
      credential: { secretId: key.id, secretKey: key.secret }, region: "ap-guangzhou", profile: { httpProfile: { endpoint: addr } },
    });
    const { SharePermissionSet } = await client[action]({ ImageId: images.cvm });
    return SharePermissionSet.map((s) => s.AccountId);
  },
  async "@alicloud/ecs20140526"() {
    const client = new ecs.default(new core.$OpenApiUtil.Config({ endpoint: addr, protocol: "https", ...alibaba }));
    const request = new DescribeImageSharePermissionRequest({ regionId: "cn-hangzhou", imageId: images.ecs });
    const { body } = await client.describeImageSharePermission(request);
    return body.accounts.account.map((a) => a.aliyunId);
  },
  async "@alicloud/openapi-client"() {
    const client = new openapi.default(new Config({ endpoint: addr, protocol: "https", ...alibaba }));
    const params = new Params({
      action, version: "2017-11-10", protocol: "HTTPS", method: "POST", pathname: "/", authType: "AK",
      style: "RPC", reqBodyType: "formData", bodyType: "json",
    });
    const { body } = await client.callApi(params, new OpenApiRequest({ query: { ImageId: images.ens } }), new RuntimeOptions({}));
    return body.Accounts.Account.map((a) => a.AliyunUid);
  },
  async "@alicloud/pop-core"() {
    const client = new RPCClient({ endpoint: `https://${addr}`, apiVersion: "2014-05-26", ...alibaba });
    const body = await client.request(action, inRegion);
    return body.Accounts.Account.map((a) => a.AliyunId);
  },
  async "aliyun-sdk"() {
    const client = new ALY.ECS({
      endpoint: `https://${addr}`, apiVersion: "2014-05-26", accessKeyId: key.id, secretAccessKey: key.secret, maxRetries: 0,
    });
    const body = await called((done) => client.describeImageSharePermission(inRegion, done));
    return body.Accounts.Account.map((a) => a.AliyunId);
  },
  async "qcloudapi-sdk"() {
    const client = new QcloudApi({ SecretId: key.id, SecretKey: key.secret, Region: "ap-guangzhou", protocol: "https", host: addr });
    const request = { Action: action, Version: "2017-03-12", ImageId: images.cvm };
    const body = await called((done) => client.request(request, { host: addr }, done));
    return body.Response.SharePermissionSet.map((s) => s.Account);
  },
};

// careless are those that trust everybody unless told otherwise.
const careless = ["qcloudapi-sdk"];

const called = (call) => new Promise((resolve, reject) => call((error, body) => (error ? reject(error) : resolve(body))));

for (const [name, list] of Object.entries(clients)) {
  test(name, { skip: addr ? false : "go test -run TestTLSNode, one folder up, runs this", timeout: 60_000 }, async () => {
    if (told || careless.includes(name)) assert.deepEqual(await list(), [account]);
    else await assert.rejects(list(), /unable to verify the first certificate/);
  });
}
