// Figures that are printed and kept, and never asserted: a shared machine has its moods.
import { mkdirSync, writeFileSync } from "node:fs";

/** Prints the median and the 95th percentile beside the bound, and keeps them in results/. */
export function report(what: string, samples: readonly number[], boundMs: number): void {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const figures = { what, samples: sorted.length, p50_ms: at(0.5), p95_ms: at(0.95), bound_ms: boundMs };
  const verdict = figures.p95_ms <= boundMs ? "within" : "OVER";
  console.log(
    `${what}: p50 ${figures.p50_ms.toFixed(1)} ms, p95 ${figures.p95_ms.toFixed(1)} ms (${verdict} the bound of ${boundMs} ms)`,
  );
  mkdirSync("results", { recursive: true });
  writeFileSync(`results/${what.replaceAll(/[^a-z0-9]+/gi, "_")}.json`, JSON.stringify(figures, null, 2));
}
