// For Alibaba's SDKs that take an action and its parameters by name: what the
// two products call them.

import { ecs, ens } from "../state.js";

// numbered are the parameters of a list: AddAccount.1, AddAccount.2, …
const numbered = (name, list) => Object.fromEntries(list.map((item, n) => [`${name}.${n + 1}`, item]));

const joined = (name, list) => (list.length ? { [name]: list.join(",") } : {});

const words = {
  [ecs.name]: { place: { RegionId: ecs.region }, lists: numbered, add: "AddAccount", remove: "RemoveAccount", account: "AliyunId" },
  [ens.name]: { place: {}, lists: joined, add: "AddAccounts", remove: "RemoveAccounts", account: "AliyunUid" },
};

// byName makes a client of call(action, parameters), which resolves to the
// answer as the server wrote it.
export function byName(api, call, blame) {
  const { place, lists, add, remove, account } = words[api.name];
  const modify = (image, accounts) => call("ModifyImageSharePermission", { ...place, ImageId: image, ...accounts });
  const describe = async (image, pages) => read(await call("DescribeImageSharePermission", { ...place, ImageId: image, ...pages }), account);
  return {
    share: (image, accounts) => modify(image, lists(add, accounts)),
    cancel: (image, accounts) => modify(image, lists(remove, accounts)),
    list: (image) => describe(image, {}),
    page: (image, PageNumber, PageSize) => describe(image, { PageNumber, PageSize }),
    blame,
  };
}

const read = (body, account) => ({
  shares: body.Accounts.Account.map((a) => ({ account: a[account], at: a.SharedTime })),
  image: body.ImageId, region: body.RegionId, requestId: body.RequestId,
  page: body.PageNumber, size: body.PageSize, total: body.TotalCount,
});
