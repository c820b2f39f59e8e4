// The server under test: built once, started on free ports of loopback,
// stopped by SIGTERM.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

// patience bounds every wait for the server. It is a deadline for failing and
// never a pause.
const patience = 30_000;

// start runs a server with this state until it is told to stop.
export async function start(state) {
  const dir = mkdtempSync(join(tmpdir(), "imageshare-e2e-"));
  const seed = join(dir, "state.json");
  writeFileSync(seed, JSON.stringify(state, null, 2), { mode: 0o600 });
  const server = new Server(process.env.IMAGESHARE_BIN || build(dir), seed, dir);
  server.addr = await server.within(server.ready, "no ready line");
  return server;
}

function build(dir) {
  const path = join(dir, "imageshare");
  execFileSync("go", ["build", "-o", path, "./cmd/imageshare"], { cwd: root, stdio: "inherit" });
  return path;
}

class Server {
  constructor(binary, seed, dir) {
    this.dir = dir;
    this.log = "";
    this.child = spawn(binary, [
      "serve", "--store", "memory:", "--seed", seed, "--rate-limits", "off",
      "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
    ], { env: environment(), stdio: ["ignore", "pipe", "pipe"] });
    this.child.stderr.on("data", (text) => { this.log += text; });
    this.exited = new Promise((resolve, reject) => {
      this.child.on("error", reject);
      this.child.on("close", (code, signal) => resolve(signal ?? code));
    });
    this.ready = this.awaitReady();
    // Should the tests be ended half way, the server must not stay behind.
    process.once("exit", () => this.child.kill());
  }

  // awaitReady reads the one line that the server promises on stdout.
  async awaitReady() {
    const said = new Promise((resolve) => {
      let text = "";
      this.child.stdout.on("data", (part) => {
        text += part;
        const line = /^ready wires=([^,\s]+)\S* admin=\S+\n/m.exec(text);
        if (line) resolve(line[1]);
      });
    });
    const gone = this.exited.then((how) => {
      throw new Error(`the server ended with ${how} before it was ready:\n${this.log}`);
    });
    return Promise.race([said, gone]);
  }

  // stop asks the server to go and says how it went: 0 is well.
  async stop() {
    this.child.kill("SIGTERM");
    try {
      return await this.within(this.exited, "still running after SIGTERM");
    } finally {
      this.child.kill("SIGKILL");
      rmSync(this.dir, { recursive: true, force: true });
    }
  }

  async within(promise, complaint) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${complaint} within ${patience} ms:\n${this.log}`)), patience);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
  }
}

// environment is ours without the twins of the server's flags, which would
// change what a test did not ask to change.
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("IMAGESHARE_")));
}
