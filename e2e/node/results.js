// What passed, for whoever wants a table of it: with E2E_RESULTS=FILE in the
// environment, one JSON line for each row and step that ran.

import { readFileSync, writeFileSync } from "node:fs";

const lines = [];

// note keeps a result: pass, fail, or none where the API has no such step.
export function note({ client, api, signature }, step, result) {
  lines.push({ language: "node", client, version: versionOf(client), api: api.name, signature, step, result });
}

// noted runs a step and notes how it went.
export async function noted(row, step, run) {
  try {
    await run();
  } catch (e) {
    note(row, step, "fail");
    throw e;
  }
  note(row, step, "pass");
}

export const failed = () => lines.some((l) => l.result === "fail");

// write puts the lines into the order of the table: they ran side by side.
export function write(rows, steps) {
  if (!process.env.E2E_RESULTS) return;
  const row = (l) => rows.findIndex((r) => r.client === l.client && r.api.name === l.api && r.signature === l.signature);
  const step = (l) => steps.findIndex((s) => s.name === l.step);
  lines.sort((a, b) => row(a) - row(b) || step(a) - step(b));
  writeFileSync(process.env.E2E_RESULTS, lines.map((l) => JSON.stringify(l) + "\n").join(""));
}

// versionOf is the version that is installed, which is the one that ran.
function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;
}
