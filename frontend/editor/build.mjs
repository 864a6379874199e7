// Bundles the editor for the browser (dist/editor.js, dist/foreign.js) or, with --tests, its tests for node.
// It does not type-check (npm run check) and does not watch.
import { build } from "esbuild";
import { readdirSync } from "node:fs";

const forTests = process.argv.includes("--tests");

// One file each: what draws the page and takes keys, and what is fetched when there is time.
await build({
  entryPoints: ["src/editor.ts", "src/foreign.ts"],
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  legalComments: "none",
  loader: { ".svg": "text" },
  logLevel: "warning",
});

if (forTests) {
  await build({
    entryPoints: readdirSync("tests").filter((name) => name.endsWith(".test.ts")).map((name) => `tests/${name}`),
    outdir: "dist/tests",
    bundle: true,
    format: "esm",
    platform: "node",
    // A DOM for the tests of paste; the product never contains it.
    external: ["linkedom"],
    loader: { ".svg": "text" },
    sourcemap: "inline",
    target: ["node20"],
    logLevel: "warning",
  });
}
