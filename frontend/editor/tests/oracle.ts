// The Rust model behind a pipe (model/examples/binding_oracle.rs), asked and answered synchronously as the
// editor asks its host in the browser. It builds the example when no built one is named by BINDING_ORACLE.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, closeSync, constants, existsSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

function workspaceRoot(): string {
  let folder = process.cwd();
  while (!existsSync(join(folder, "Cargo.lock"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("no Cargo.lock above the tests");
    folder = parent;
  }
  return folder;
}

function builtOracle(): string {
  const named = process.env["BINDING_ORACLE"];
  if (named !== undefined && named !== "") return named;
  const root = workspaceRoot();
  execFileSync("cargo", ["build", "--quiet", "--package", "model", "--example", "binding_oracle"], { cwd: root, stdio: "inherit" });
  return resolve(root, process.env["CARGO_TARGET_DIR"] ?? "target", "debug/examples/binding_oracle");
}

export class Oracle {
  private readonly folder = mkdtempSync(join(tmpdir(), "binding-oracle-"));
  private readonly to: number;
  private readonly from: number;
  private readonly child: ChildProcess;
  private rest = "";

  constructor() {
    const [input, output] = ["in", "out"].map((name) => join(this.folder, name)) as [string, string];
    execFileSync("mkfifo", [input, output]);
    // Read and write: opening one end of a pipe alone would wait for the other for ever.
    this.to = openSync(input, constants.O_RDWR);
    this.from = openSync(output, constants.O_RDWR);
    this.child = spawn(builtOracle(), [], { stdio: [openSync(input, constants.O_RDONLY), openSync(output, constants.O_WRONLY), "inherit"] });
    this.child.unref();
  }

  /** The answer to a command; an error sentence is thrown. */
  ask<T>(command: Record<string, unknown>): T {
    // A log of what was asked replays a failure against the model alone: binding_oracle < log.
    const log = process.env["ORACLE_LOG"];
    if (log !== undefined) appendFileSync(log, `${JSON.stringify(command)}\n`);
    writeSync(this.to, `${JSON.stringify(command)}\n`);
    const answer = JSON.parse(this.line()) as { ok?: T; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.ok as T;
  }

  private line(): string {
    const chunk = Buffer.alloc(64 * 1024);
    let bytes: Buffer = Buffer.from(this.rest, "latin1");
    for (;;) {
      const end = bytes.indexOf(10);
      if (end >= 0) {
        this.rest = bytes.subarray(end + 1).toString("latin1");
        return bytes.subarray(0, end).toString("utf8");
      }
      const count = readSync(this.from, chunk);
      bytes = Buffer.concat([bytes, chunk.subarray(0, count)]);
    }
  }

  close(): void {
    this.child.kill();
    closeSync(this.to);
    closeSync(this.from);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
