// What every client does in every mode of signing. Each step has an image of
// its own, shared with these accounts when the server starts; a step without
// `shared` has none. A client is {share, cancel, list, page, blame}.

import assert from "node:assert/strict";

import { key, large, longAgo, small } from "./state.js";

export const steps = [
  { name: "share", shared: [], run: share },
  { name: "list", shared: [large, small], run: list },
  { name: "pages", shared: [large, small], run: pages },
  { name: "cancel", shared: [], run: cancel },
  { name: "unknown image", run: unknownImage },
  { name: "wrong secret", shared: [], run: wrongSecret },
];

// share: a batch of one second is listed by number, whatever its order.
async function share({ api, dial, image }) {
  const client = dial(key);
  await client.share(image, [large, small]);
  await expectList(api, client, image, [small, large]);
}

async function list({ api, dial, image }) {
  const listing = await expectList(api, dial(key), image, [small, large]);
  for (const { at } of listing.shares) assert.ok(at === undefined || at === longAgo, `shared at ${at}`);
}

// pages: one account on each, and a page past the end that still tells the
// truth about the whole.
async function pages({ dial, image }) {
  const client = dial(key);
  for (const [number, want] of [[1, [small]], [2, [large]], [3, []]]) {
    const { shares, page, size, total } = await client.page(image, number, 1);
    assert.deepEqual(shares.map((s) => s.account), want, `page ${number}`);
    assert.deepEqual({ page, size, total }, { page: number, size: 1, total: 2 });
  }
}

async function cancel({ api, dial, image }) {
  const client = dial(key);
  await client.share(image, [small, large]);
  await client.cancel(image, [small]);
  await expectList(api, client, image, [large]);
  await client.cancel(image, [large]);
  await expectList(api, client, image, []);
}

async function unknownImage({ api, dial }) {
  const client = dial(key);
  const nowhere = `${api.prefix}nosuch00`;
  await expectFault(api, client, client.list(nowhere), api.unknownImage);
  await expectFault(api, client, client.share(nowhere, [small]), api.unknownImage);
}

async function wrongSecret({ api, dial, image }) {
  const stranger = dial({ ...key, secret: "not the secret" });
  await expectFault(api, stranger, stranger.list(image), api.wrongSecret);
  await expectFault(api, stranger, stranger.share(image, [small]), api.wrongSecret);
  await expectList(api, dial(key), image, []);
}

// expectList also looks at what stands around the list. The comparison is of
// types too: account numbers are texts, counts are numbers.
async function expectList(api, client, image, want) {
  const listing = await client.list(image);
  assert.deepEqual(listing.shares.map((s) => s.account), want);
  if (api.requestId) assert.match(listing.requestId, api.requestId);
  if (!api.paged) return listing;
  const { page, size, total, image: of, region } = listing;
  assert.deepEqual({ of, region, page, size, total }, { of: image, region: api.region, page: 1, size: 10, total: want.length });
  return listing;
}

// expectFault compares what the SDK's own error tells with what is promised.
// A status that the SDK does not keep is undefined and not compared.
async function expectFault(api, client, promise, want) {
  const error = await promise.then(() => assert.fail(`not refused; want ${want.code}`), (e) => e);
  if (error instanceof assert.AssertionError) throw error;
  const fault = client.blame(error);
  if (!fault) throw new Error("not the SDK's own error for an answer", { cause: error });
  assert.equal(fault.code, want.code, fault.message);
  if (want.status && fault.status !== undefined) assert.equal(fault.status, want.status);
  if (api.requestId && fault.requestId !== undefined) assert.match(fault.requestId, api.requestId);
}
