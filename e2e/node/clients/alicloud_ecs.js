// Alibaba's generated SDK of ECS, with a model for every answer. There is no
// such package for ENS.

import sdk, { DescribeImageSharePermissionRequest, ModifyImageSharePermissionRequest } from "@alicloud/ecs20140526";
import openapi from "@alicloud/openapi-core";

const Client = sdk.default;
const { $OpenApiUtil, AlibabaCloudError } = openapi;

export const generated = (signatureAlgorithm) => ({ addr, key, api }) => {
  const client = new Client(new $OpenApiUtil.Config({
    endpoint: addr, protocol: "http", accessKeyId: key.id, accessKeySecret: key.secret, signatureAlgorithm,
  }));
  const modify = (imageId, lists) => client.modifyImageSharePermission(
    new ModifyImageSharePermissionRequest({ regionId: api.region, imageId, ...lists }),
  );
  const describe = async (imageId, pages) => read((await client.describeImageSharePermission(
    new DescribeImageSharePermissionRequest({ regionId: api.region, imageId, ...pages }),
  )).body);
  return {
    share: (image, addAccount) => modify(image, { addAccount }),
    cancel: (image, removeAccount) => modify(image, { removeAccount }),
    list: (image) => describe(image, {}),
    page: (image, pageNumber, pageSize) => describe(image, { pageNumber, pageSize }),
    blame,
  };
};

const read = (body) => ({
  shares: body.accounts.account.map(({ aliyunId, sharedTime }) => ({ account: aliyunId, at: sharedTime })),
  image: body.imageId, region: body.regionId, requestId: body.requestId,
  page: body.pageNumber, size: body.pageSize, total: body.totalCount,
});

function blame(e) {
  if (e instanceof AlibabaCloudError) return { code: e.code, status: e.statusCode, message: e.message, requestId: e.requestId };
}
