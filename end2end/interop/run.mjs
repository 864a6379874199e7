// Runs every *.test.mjs of this folder, several at a time because they mostly wait, and says in the
// last line how many tests ran.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

/** Files at a time. Each has servers and clients of its own. */
const FILES_AT_A_TIME = 3;

/** A file that takes longer hangs. */
const FILE_TIMEOUT_MS = 300_000;

const folder = fileURLToPath(new URL(".", import.meta.url));
const wanted = process.argv[2] ?? "";
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".test.mjs") && name.includes(wanted))
  .map((name) => join(folder, name));

const counts = {};
const tests = run({ files, concurrency: FILES_AT_A_TIME, timeout: FILE_TIMEOUT_MS, forceExit: true });
tests.on("test:fail", () => (process.exitCode = 1));
tests.on("test:diagnostic", ({ nesting, message }) => {
  const [, word, count] = /^(\w+) (\d+)$/.exec(message) ?? [];
  if (nesting === 0 && word) counts[word] = Number(count);
});
// Not `new spec()`: in some versions it is a transform already.
tests.compose(spec).on("end", () => {
  if (!counts.tests) process.exitCode = 1;
  const { tests: ran = 0, pass = 0, fail = 0, cancelled = 0 } = counts;
  console.log(`interop: ${ran} tests ran, ${pass} passed, ${fail + cancelled} failed`);
}).pipe(process.stdout);
