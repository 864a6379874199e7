// Starts the real binary on a data folder and a port of its own, and stops it again.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "./until.mjs";

const BINARY =
  process.env.END2END_BINARY ??
  fileURLToPath(new URL("../../target/debug/countersign", import.meta.url));

const RELAY_TOKEN = "shown-by-interop-clients";

/** A server with a data folder: a demo project in it, or a relay over it. */
export class Countersign {
  /** A running server with the demo project. */
  static async withDemo() {
    const server = new Countersign("project");
    server.demo = JSON.parse(server.command("demo", "--json"));
    await server.serve();
    return server;
  }

  /** A running relay that holds nothing yet. */
  static async relay() {
    const server = new Countersign("relay");
    await server.serve();
    return server;
  }

  constructor(mode) {
    this.mode = mode;
    this.data = mkdtempSync(join(tmpdir(), "countersign-interop-"));
    this.port = 0;
    this.log = "";
  }

  /** Runs another command of the binary on the same data folder, as an operator does. */
  command(...args) {
    const said = { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
    return execFileSync(BINARY, [...args, "--data", this.data], said).trim();
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Where clients that show this token sync. */
  syncUrl(token = RELAY_TOKEN) {
    return `ws://127.0.0.1:${this.port}/sync?token=${encodeURIComponent(token)}`;
  }

  /** The first person of the demo with this role. */
  person(role) {
    const found = this.demo.people.find((person) => person.role === role);
    if (!found) throw new Error(`the demo has no ${role}: ${this.demo.people.map((p) => p.role)}`);
    return found;
  }

  /** Starts, and starts again on the port it had; the first line says where it is. */
  async serve() {
    const relay = this.mode === "relay" ? ["--relay"] : [];
    const address = ["--addr", `127.0.0.1:${this.port}`];
    const child = spawn(BINARY, ["serve", ...relay, ...address, "--data", this.data], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...(relay.length > 0 && { COUNTERSIGN_RELAY_TOKEN: RELAY_TOKEN }) },
    });
    this.child = child;
    this.exited = new Promise((resolve) => child.once("exit", resolve));
    child.stderr.on("data", (bytes) => (this.log += bytes));
    const first = new Promise((resolve) => createInterface(child.stdout).once("line", resolve));
    const line = await Promise.race([first, this.exited]);
    this.port = Number(/:(\d+)$/.exec(line)?.[1]);
    if (!this.port) throw new Error(`the server said ${line} instead of where it is:\n${this.log}`);
    await until("the server to be ready", async () => {
      const answer = await fetch(`${this.origin}/readyz`).catch(() => undefined);
      return answer?.ok;
    });
  }

  /** What a power cut does. */
  async kill() {
    this.child.kill("SIGKILL");
    await this.exited;
  }

  /** What a service manager does. */
  async terminate() {
    this.child.kill("SIGTERM");
    await this.exited;
  }

  async stop() {
    await this.terminate();
    rmSync(this.data, { recursive: true, force: true });
  }
}
