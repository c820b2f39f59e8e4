// Tencent's SDK for API 2.0. It hands over whatever the server answers and has
// no error of its own: Answer below is ours.

import QcloudApi from "qcloudapi-sdk";

const digests = { "HmacSHA1": "sha1", "HmacSHA256": "sha256", "TC2-HmacSHA256": "sha256" };

// named: the SDK names the common methods itself, and takes this one, which
// signs a hash of the parameters, from the caller.
const named = { "TC2-HmacSHA256": { SignatureMethod: "TC2-HmacSHA256" } };

export const qcloud = (signature, method) => (speaker) => {
  const call = caller(speaker, { signatureMethod: digests[signature], method }, { Version: "2017-03-12", ...named[signature] });
  const modify = (ImageId, Permission, AccountIds) => call("ModifyImageSharePermission", { ImageId, Permission, AccountIds });
  return {
    share: (image, accounts) => modify(image, "SHARE", accounts),
    cancel: (image, accounts) => modify(image, "CANCEL", accounts),
    list: async (image) => read((await call("DescribeImageSharePermission", { ImageId: image })).Response),
    blame,
  };
};

// Without a Version there are the three actions of 2016 and no others.
export const qcloud2016 = (signature, method) => (speaker) => {
  const call = caller(speaker, { signatureMethod: digests[signature], method }, {});
  return {
    share: (imageId, uinList) => call("ShareImage", { imageId, uinList }),
    cancel: (imageId, uinList) => call("CancelShareImage", { imageId, uinList }),
    list: async (image) => {
      const { data } = await call("GetImageShareUinInfo", { imageIds: [image] });
      return { shares: data.imageList[0].shareUinInfo.map(({ uin }) => ({ account: uin })) };
    },
    blame,
  };
};

function caller({ addr, key, api }, how, common) {
  const sdk = new QcloudApi({ SecretId: key.id, SecretKey: key.secret, Region: api.region, protocol: "http", host: addr, ...how });
  return (Action, parameters) => new Promise((resolve, reject) => {
    sdk.request({ Action, ...common, ...parameters }, { host: addr, ...how }, (error, body) => {
      if (error) reject(error);
      else if (body.code || body.Response?.Error) reject(new Answer(body));
      else resolve(body);
    });
  });
}

class Answer extends Error {
  constructor(body) {
    const { code, message, Response: response } = body;
    super(response ? response.Error.Message : message);
    this.code = response ? response.Error.Code : code;
    this.requestId = response?.RequestId;
  }
}

// read insists on both spellings of this API's document.
const read = ({ SharePermissionSet, RequestId, RequestID }) => ({
  shares: SharePermissionSet.map(({ Account, AccountId, CreatedTime }) => {
    if (Account !== AccountId) throw new Error(`Account ${Account} and AccountId ${AccountId}`);
    return { account: Account, at: CreatedTime };
  }),
  requestId: RequestId === RequestID ? RequestId : `${RequestId} and ${RequestID}`,
});

function blame(e) {
  if (e instanceof Answer) return { code: e.code, message: e.message, requestId: e.requestId };
}
