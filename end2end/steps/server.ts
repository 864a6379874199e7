// The real binary on its own data folder and port: started, killed, started again on the same two.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stepAside } from "./priority.ts";
import { until } from "./until.ts";

export const BINARY =
  process.env.END2END_BINARY ??
  fileURLToPath(new URL("../../target/release/countersign", import.meta.url));

/** What `countersign demo --json` prints. */
export interface Demo {
  project: { id: string; name: string };
  people: { name: string; role: string; login_url: string; token: string }[];
  documents: { id: string; kind: string; title: string }[];
}

export class Countersign {
  private child: ChildProcess | undefined;
  private exited: Promise<unknown> = Promise.resolve();
  /** Everything the server said since the first start. */
  log = "";

  private constructor(
    readonly data: string,
    readonly port: number,
    private readonly settings: Record<string, string> = {},
  ) {}

  /** The address that people type. Their browsers reach it through their own network. */
  get url(): string {
    return `http://localhost:${this.port}`;
  }

  /** Where programs sync with this access token. */
  syncAddress(token: string): string {
    return `ws://127.0.0.1:${this.port}/sync?token=${encodeURIComponent(token)}`;
  }

  /** Lets every other program on this machine go first, as if the server were on a machine of its own. */
  stepAside(): void {
    stepAside(this.child);
  }

  /** A server that knows nobody yet, with further settings by the names of their variables. */
  static async fresh(settings: Record<string, string> = {}): Promise<Countersign> {
    const data = mkdtempSync(join(tmpdir(), "countersign-"));
    const server = new Countersign(data, await freePort(), settings);
    await server.serve();
    return server;
  }

  /** A server with the demo project. */
  static async withDemo(): Promise<{ server: Countersign; demo: Demo }> {
    const server = new Countersign(mkdtempSync(join(tmpdir(), "countersign-")), await freePort());
    const demo = JSON.parse(server.command("demo", "--json")) as Demo;
    for (const person of demo.people) {
      const link = new URL(person.login_url);
      person.login_url = `${server.url}${link.pathname}${link.search}${link.hash}`;
    }
    await server.serve();
    return { server, demo };
  }

  /** Runs another command of the binary on this data folder. */
  command(...args: string[]): string {
    return execFileSync(BINARY, [...args, "--data", this.data], { encoding: "utf8" });
  }

  /** An access token for a person, made beside the running server as an operator does. */
  token(person: string, project: string): string {
    return this.command("token", "create", "--person", person, "--project", project).trim();
  }

  /** Starts (again) and waits until it takes work. */
  async serve(): Promise<void> {
    const serve = [BINARY, "serve", "--addr", `127.0.0.1:${this.port}`, "--data", this.data];
    // A file that may not grow is an error of the disk, not the end of the program.
    const child = spawn("bash", ["-c", 'trap "" XFSZ; exec "$@"', "bash", ...serve], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.settings },
    });
    child.stdout?.on("data", (bytes) => (this.log += bytes));
    child.stderr?.on("data", (bytes) => (this.log += bytes));
    this.child = child;
    this.exited = new Promise((resolve) => child.once("exit", resolve));
    await until("the server to be ready", async () => {
      if (child.exitCode !== null) throw new Error(`the server stopped at once:\n${this.log}`);
      const answer = await fetch(`http://127.0.0.1:${this.port}/readyz`).catch(() => undefined);
      return answer?.ok;
    });
  }

  /** The one-time link that the first start prints. */
  setupLink(): Promise<string> {
    return until("the set-up link", () => /https?:\/\/\S+\/enter#\S+/.exec(this.log)?.[0]);
  }

  /** From now on nothing more can be written to any file, until there is room again. */
  fillDisk(): void {
    this.limitFiles("0");
  }

  /** There is room again. */
  makeRoom(): void {
    this.limitFiles("unlimited");
  }

  private limitFiles(bytes: string): void {
    execFileSync("prlimit", ["--pid", String(this.child?.pid), `--fsize=${bytes}:unlimited`]);
  }

  /** What a power cut does. */
  async kill9(): Promise<void> {
    this.child?.kill("SIGKILL");
    await this.exited;
  }

  /** Ends it as a service manager would; gives back its exit code. */
  async terminate(): Promise<number | null> {
    this.child?.kill("SIGTERM");
    await this.exited;
    return this.child?.exitCode ?? null;
  }

  /** Ends it and takes its data away. */
  async stop(): Promise<void> {
    await this.terminate();
    rmSync(this.data, { recursive: true, force: true });
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
