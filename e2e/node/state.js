// What the server starts with, and what each API promises to say.

const lower = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const upper = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;

const cvm = { cloud: "tencent", product: "cvm", prefix: "img-", region: "ap-guangzhou", requestId: lower };
const cvmFaults = {
  unknownImage: { code: "InvalidImageId.NotFound" },
  wrongSecret: { code: "AuthFailure.SignatureFailure" },
};
const gateway = { wrongSecret: { code: "SignatureDoesNotMatch", status: 400 } };

// The APIs. An HTTP status stands where it means something: Tencent's is
// always 200.
export const tencent3 = { name: "Tencent Cloud API 3.0", ...cvm, ...cvmFaults };
export const tencent2 = { name: "Tencent Cloud API 2.0", ...cvm, ...cvmFaults };
export const tencent2016 = {
  // Before there was a Version: numbers for codes, and no request id.
  name: "Tencent Cloud API 2.0 of 2016", ...cvm, requestId: undefined,
  unknownImage: { code: 5000 },
  wrongSecret: { code: 4100 },
};
export const ecs = {
  name: "Alibaba Cloud ECS", version: "2014-05-26",
  cloud: "alibaba", product: "ecs", prefix: "m-", region: "cn-hangzhou", requestId: upper, paged: true,
  unknownImage: { code: "InvalidImageId.NotFound", status: 404 }, ...gateway,
};
export const ens = {
  name: "Alibaba Cloud ENS", version: "2017-11-10",
  cloud: "alibaba", product: "ens", prefix: "m-", requestId: upper, paged: true,
  unknownImage: { code: "InvalidParameter.ImageId", status: 400 }, ...gateway,
};

// Who is in the state. The numbers are unlike in length on purpose: shares of
// one second are listed by number, the shorter first.
export const owner = "100000000001";
export const small = "99999";
export const large = "98765432109876543210"; // more than 64 bits
export const key = { id: "AKIDowner", secret: "secret-of-owner" };

// longAgo is when the seeded shares were made.
export const longAgo = "2018-06-10T11:02:50Z";

// imageOf names the image that one step of one row has for itself.
export const imageOf = (api, row, step) => `${api.prefix}${step.replaceAll(" ", "")}${String(row).padStart(4, "0")}`;

// seedFor is the state file for these rows, each with an image for every step.
export function seedFor(rows, steps) {
  const accounts = ["tencent", "alibaba"].map((cloud) => ({ cloud, id: owner, keys: [key] }));
  const images = rows.flatMap(({ api }, n) => steps.filter((s) => s.shared).map((s) => ({
    product: api.product, region: api.region, owner, id: imageOf(api, n, s.name),
    shares: s.shared.map((account) => ({ account, sharedAt: longAgo })),
  })));
  return { version: 1, accounts, images };
}
