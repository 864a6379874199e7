// Starts the real binary on its own data folder and port, and stops it again.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BINARY =
  process.env.END2END_BINARY ??
  fileURLToPath(new URL("../../target/debug/countersign", import.meta.url));

const READY_TIMEOUT_MS = 20_000;

/** A demo project in a fresh data folder, and the server over it. */
export class Countersign {
  /** @returns {Promise<Countersign>} a running server with the demo project */
  static async start() {
    const data = mkdtempSync(join(tmpdir(), "countersign-interop-"));
    const demo = JSON.parse(
      execFileSync(BINARY, ["demo", "--json", "--data", data], { encoding: "utf8" }),
    );
    const server = new Countersign(data, demo, await freePort());
    await server.serve();
    return server;
  }

  constructor(data, demo, port) {
    this.data = data;
    this.demo = demo;
    this.port = port;
    this.child = undefined;
  }

  /** The socket address a person's automation uses. */
  syncUrl(person) {
    return `ws://127.0.0.1:${this.port}/sync?token=${encodeURIComponent(person.token)}`;
  }

  /** The first person with this role. */
  person(role) {
    const found = this.demo.people.find((person) => person.role === role);
    if (!found) throw new Error(`the demo has no ${role}: ${this.demo.people.map((p) => p.role)}`);
    return found;
  }

  async serve() {
    const child = spawn(
      BINARY,
      ["serve", "--addr", `127.0.0.1:${this.port}`, "--data", this.data],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let log = "";
    child.stdout.on("data", (bytes) => (log += bytes));
    child.stderr.on("data", (bytes) => (log += bytes));
    this.child = child;
    const exited = new Promise((resolve) => child.once("exit", resolve));
    this.exited = exited;
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (child.exitCode !== null) throw new Error(`the server stopped at once:\n${log}`);
      const ready = await fetch(`http://127.0.0.1:${this.port}/readyz`).catch(() => undefined);
      if (ready?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`not ready after ${READY_TIMEOUT_MS} ms:\n${log}`);
  }

  /** What a power cut does. */
  async kill() {
    this.child.kill("SIGKILL");
    await this.exited;
  }

  async stop() {
    this.child.kill("SIGTERM");
    await this.exited;
    rmSync(this.data, { recursive: true, force: true });
  }
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Waits until `condition` returns something truthy and returns it. */
export async function until(what, condition, deadlineMs = 15_000) {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`still waiting for ${what} after ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
