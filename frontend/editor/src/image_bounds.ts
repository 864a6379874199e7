// What is said of an image, within the bounds of the model.
import type { ImageHead } from "./tree";

/** As in model/src/limits.rs. */
export const MAX_ALT_LENGTH = 500;
export const MIN_WIDTH_PCT = 10;
export const WIDTH_STEP_PCT = 5;
const MAX_SIDE_PX = 2_560;

/** The width nearest below, in steps. */
export function nearestWidth(wanted: number): number {
  return Math.floor(Math.max(MIN_WIDTH_PCT, Math.min(100, wanted)) / WIDTH_STEP_PCT) * WIDTH_STEP_PCT;
}

/** A line of as much as may stand for an image. */
export function boundedAlt(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  const last = line.charCodeAt(MAX_ALT_LENGTH - 1);
  return line.slice(0, last >= 0xd800 && last <= 0xdbff ? MAX_ALT_LENGTH - 1 : MAX_ALT_LENGTH);
}

/** What Rust would refuse is brought within bounds: this may come from foreign markup. */
export function boundedHead(said: ImageHead): ImageHead {
  const side = (px: number): number => Math.max(1, Math.min(MAX_SIDE_PX, Math.round(px) || 1));
  return { image: said.image, alt: boundedAlt(said.alt), width_pct: nearestWidth(said.width_pct || 100), width_px: side(said.width_px), height_px: side(said.height_px) };
}
