// Browser tests against the real release binary. `cargo xtask test end2end` builds it first.
// END2END_BINARY names the binary, END2END_CHROMIUM the browser.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  outputDir: "results/failures",
  // Several people in several browsers per test already fill two cores.
  workers: 1,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"], ["json", { outputFile: "results/report.json" }]],
});
