// Tencent's Node SDK asks STS by itself: its STSCredential assumes a role when
// a client first signs, and again before the session ends.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import common from "tencentcloud-sdk-nodejs-common";
import cvm from "tencentcloud-sdk-nodejs-cvm";

import { start } from "./server.js";
import { key, owner, seedFor, tencent3 } from "./state.js";

const image = "img-sts00000";
const statement = (...rules) => ({ version: "2.0", statement: rules });
const seed = seedFor([], []);
seed.accounts.find((a) => a.cloud === "tencent").roles = [{
  name: "reader",
  trust: statement({ effect: "allow", action: ["name/sts:AssumeRole"], principal: { qcs: [`qcs::cam::uin/${owner}:root`] } }),
  policies: [statement({ effect: "allow", action: ["cvm:*"], resource: ["*"] })],
}];
seed.images.push({ product: "cvm", region: tencent3.region, owner, id: image });

let server;
before(async () => { server = await start(seed); });
after(async () => { if (server) assert.equal(await server.stop(), 0, "how the server stopped"); });

// dial narrows the role to what a policy allows.
function dial(actions) {
  const profile = { httpProfile: { endpoint: server.addr, protocol: "http://", reqTimeout: 30 } };
  const credential = new common.STSCredential(
    { credential: { secretId: key.id, secretKey: key.secret }, region: tencent3.region, profile },
    {
      RoleArn: `qcs::cam::uin/${owner}:roleName/reader`, RoleSessionName: "node",
      Policy: encodeURIComponent(JSON.stringify(statement({ effect: "allow", action: actions, resource: ["*"] }))),
    },
  );
  return new cvm.cvm.v20170312.Client({ credential, region: tencent3.region, profile });
}

test("a role's session lists", async () => {
  const { SharePermissionSet } = await dial(["cvm:Describe*"]).DescribeImageSharePermission({ ImageId: image });
  assert.deepEqual(SharePermissionSet, []);
});

test("and does not share where its policy does not let it", async () => {
  const sharing = dial(["cvm:Describe*"]).ModifyImageSharePermission({ ImageId: image, AccountIds: ["7"], Permission: "SHARE" });
  await assert.rejects(sharing, (e) => e.code === "UnauthorizedOperation");
});
