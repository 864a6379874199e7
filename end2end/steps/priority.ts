// Who goes first on a machine that has to be several machines at once.
import { type ChildProcess, execFileSync } from "node:child_process";

/** Gives a program only the time that nobody else wants: all its threads, and those they start. */
export function stepAside(program: ChildProcess | undefined): void {
  if (program?.pid === undefined) throw new Error("a program that does not run cannot step aside");
  execFileSync("chrt", ["--all-tasks", "--idle", "--pid", "0", String(program.pid)]);
}
