// The other person of a measurement, kept out of the way of the one who is measured.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { stepAside } from "./priority.ts";
import type { Countersign } from "./server.ts";

const PROGRAM = fileURLToPath(new URL("other_typist.mjs", import.meta.url));

export class OtherTypist {
  private constructor(private readonly child: ChildProcess) {}

  /** Joins the document and gets ready to type at the end of the part with this role. */
  static async join(
    server: Countersign,
    token: string,
    documentId: string,
    role: string,
    everyMs: number,
  ): Promise<OtherTypist> {
    const child = fork(PROGRAM, [server.syncAddress(token), documentId, role, String(everyMs)]);
    const typist = new OtherTypist(child);
    await typist.says("ready");
    stepAside(child);
    return typist;
  }

  async type(text: string): Promise<void> {
    this.child.send(text);
    await this.says("typed");
  }

  leave(): void {
    this.child.kill();
  }

  private async says(what: string): Promise<void> {
    const [said] = await Promise.race([once(this.child, "message"), once(this.child, "exit")]);
    if (said !== what) throw new Error(`the other typist was to say ${what}, not ${String(said)}`);
  }
}
