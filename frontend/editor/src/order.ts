// Places of parts as strings that compare: one can always be made between two others.
// Rust's templates write such strings too; only their order matters here, never their length.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A string after `before` and in front of `after`; null means no bound on that side. */
export function orderBetween(before: string | null, after: string | null): string {
  const low = before ?? "";
  let prefix = "";
  for (let index = 0; ; index++) {
    const from = index < low.length ? Math.max(0, DIGITS.indexOf(low.charAt(index))) : 0;
    const bounded = after !== null && after.startsWith(prefix) && index < after.length;
    const to = bounded ? Math.max(0, DIGITS.indexOf(after.charAt(index))) : DIGITS.length;
    if (to - from > 1) return prefix + DIGITS.charAt((from + to) >> 1);
    prefix += DIGITS.charAt(from);
  }
}
