// Tencent's SDK for API 3.0. It signs TC3 with the first label of its endpoint
// as the service, which for an address is "127".

import sdk from "tencentcloud-sdk-nodejs-cvm";

const { Client } = sdk.cvm.v20170312;

export const tencentcloud = (signMethod, reqMethod) => ({ addr, key, api }) => {
  const cvm = new Client({
    credential: { secretId: key.id, secretKey: key.secret }, region: api.region,
    profile: { signMethod, httpProfile: { reqMethod, endpoint: addr, protocol: "http://", reqTimeout: 30 } },
  });
  const modify = (ImageId, Permission, AccountIds) => cvm.ModifyImageSharePermission({ ImageId, Permission, AccountIds });
  return {
    share: (image, accounts) => modify(image, "SHARE", accounts),
    cancel: (image, accounts) => modify(image, "CANCEL", accounts),
    list: async (image) => read(await cvm.DescribeImageSharePermission({ ImageId: image })),
    blame,
  };
};

const read = ({ SharePermissionSet, RequestId }) => ({
  shares: SharePermissionSet.map(({ AccountId, CreatedTime }) => ({ account: AccountId, at: CreatedTime })),
  requestId: RequestId,
});

function blame(e) {
  if (e.constructor.name !== "TencentCloudSDKHttpException" || !e.code) return;
  return { code: e.code, status: e.httpCode, message: e.message, requestId: e.requestId };
}
