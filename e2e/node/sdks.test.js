// Every row of the table takes every step against one server. Each step has
// an image of its own, and rows run side by side. The steps of a row take
// turns: aliyun-sdk makes a nonce of the millisecond and four random digits.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { failed, note, noted, write } from "./results.js";
import { rows } from "./rows.js";
import { start } from "./server.js";
import { imageOf, seedFor } from "./state.js";
import { steps } from "./steps.js";

// Some SDKs send even loopback traffic through a proxy found here.
for (const name of Object.keys(process.env)) if (/^(https?|all)_proxy$/i.test(name)) delete process.env[name];

describe("the vendors' SDKs", { concurrency: true, timeout: 120_000 }, () => {
  let server;
  before(async () => { server = await start(seedFor(rows, steps)); });
  after(async () => {
    write(rows, steps);
    if (failed()) console.error(`log of the server:\n${server.log}`);
    if (server) assert.equal(await server.stop(), 0, "how the server stopped");
  });
  rows.forEach((row, n) => {
    describe(`${row.client}, ${row.api.name}, ${row.signature}`, { concurrency: 1 }, () => {
      for (const step of steps) take(row, n, step, () => server.addr);
    });
  });
});

function take(row, n, step, addr) {
  if (step.name === "pages" && !row.api.paged) return note(row, step.name, "none");
  const dial = (key) => row.dial({ addr: addr(), key, api: row.api });
  test(step.name, () => noted(row, step.name, () => step.run({ api: row.api, dial, image: imageOf(row.api, n, step.name) })));
}
