// Differences between two rows of tokens: the smallest set of hunks, and a three-way merge built on it.
// It looks only at keys (characters and markers), never at marks; and it knows nothing of ProseMirror or edits.
import type { Token } from "./flatten";

/** old[oldFrom..oldTo] became new[newFrom..newTo]. */
export interface Hunk {
  oldFrom: number;
  oldTo: number;
  newFrom: number;
  newTo: number;
}

/** Above this many differences the search stops and one hunk covers all: cost grows with its square. */
const MAX_DIFFERENCES = 400;

/**
 * Hunks in ascending order. `caret` is a token index in the new row: where several places would explain
 * one insertion or deletion equally well ("aa" → "aaa"), the place at the caret is the one the person meant.
 */
export function diffTokens(before: readonly Token[], after: readonly Token[], caret: number | null = null): Hunk[] {
  let start = 0;
  const shorter = Math.min(before.length, after.length);
  while (start < shorter && before[start]!.key === after[start]!.key) start++;
  let oldEnd = before.length;
  let newEnd = after.length;
  while (oldEnd > start && newEnd > start && before[oldEnd - 1]!.key === after[newEnd - 1]!.key) {
    oldEnd--;
    newEnd--;
  }
  if (oldEnd === start && newEnd === start) return [];
  if (oldEnd === start || newEnd === start) return [slideToCaret(before, after, { oldFrom: start, oldTo: oldEnd, newFrom: start, newTo: newEnd }, caret)];
  return middleHunks(before.slice(start, oldEnd), after.slice(start, newEnd)).map((hunk) => ({
    oldFrom: hunk.oldFrom + start,
    oldTo: hunk.oldTo + start,
    newFrom: hunk.newFrom + start,
    newTo: hunk.newTo + start,
  }));
}

/** Moves a pure insertion or deletion to the left, where that says the same, until it meets the caret. */
function slideToCaret(before: readonly Token[], after: readonly Token[], hunk: Hunk, caret: number | null): Hunk {
  if (caret === null) return hunk;
  const inserted = hunk.oldFrom === hunk.oldTo;
  const row = inserted ? after : before;
  let from = inserted ? hunk.newFrom : hunk.oldFrom;
  let to = inserted ? hunk.newTo : hunk.oldTo;
  // After an insertion the caret stands at its end, after a deletion at its start.
  let shift = 0;
  while (from > 0 && (inserted ? to : from) > caret && row[from - 1]!.key === row[to - 1]!.key) {
    from--;
    to--;
    shift++;
  }
  if ((inserted ? to : from) !== caret) return hunk;
  return { oldFrom: hunk.oldFrom - shift, oldTo: hunk.oldTo - shift, newFrom: hunk.newFrom - shift, newTo: hunk.newTo - shift };
}

/** Myers' greedy search over two rows that differ at both ends. */
function middleHunks(before: readonly Token[], after: readonly Token[]): Hunk[] {
  const n = before.length;
  const m = after.length;
  const whole: Hunk[] = [{ oldFrom: 0, oldTo: n, newFrom: 0, newTo: m }];
  const limit = Math.min(n + m, MAX_DIFFERENCES);
  const middle = limit + 1;
  const furthest = new Int32Array(2 * limit + 3);
  const history: Int32Array[] = [];
  for (let d = 0; d <= limit; d++) {
    history.push(furthest.slice());
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest[middle + k - 1]! < furthest[middle + k + 1]!);
      let x = down ? furthest[middle + k + 1]! : furthest[middle + k - 1]! + 1;
      let y = x - k;
      while (x < n && y < m && before[x]!.key === after[y]!.key) {
        x++;
        y++;
      }
      furthest[middle + k] = x;
      if (x >= n && y >= m) return tracedHunks(history, d, n, m, middle);
    }
  }
  return whole;
}

function tracedHunks(history: readonly Int32Array[], found: number, n: number, m: number, middle: number): Hunk[] {
  const hunks: Hunk[] = [];
  let x = n;
  let y = m;
  for (let d = found; d > 0; d--) {
    const furthest = history[d]!;
    const k = x - y;
    const down = k === -d || (k !== d && furthest[middle + k - 1]! < furthest[middle + k + 1]!);
    const fromK = down ? k + 1 : k - 1;
    const fromX = furthest[middle + fromK]!;
    const fromY = fromX - fromK;
    const step: Hunk = down
      ? { oldFrom: fromX, oldTo: fromX, newFrom: fromY, newTo: fromY + 1 }
      : { oldFrom: fromX, oldTo: fromX + 1, newFrom: fromY, newTo: fromY };
    const next = hunks[hunks.length - 1];
    if (next !== undefined && next.oldFrom === step.oldTo && next.newFrom === step.newTo) {
      next.oldFrom = step.oldFrom;
      next.newFrom = step.newFrom;
    } else {
      hunks.push(step);
    }
    x = fromX;
    y = fromY;
  }
  return hunks.reverse();
}

/** For each kept token of the old row, its index in the new one; -1 where it is gone. */
export function keptIndexes(oldLength: number, hunks: readonly Hunk[]): number[] {
  const kept: number[] = [];
  let shift = 0;
  let next = 0;
  for (const hunk of hunks) {
    for (; next < hunk.oldFrom; next++) kept.push(next + shift);
    for (; next < hunk.oldTo; next++) kept.push(-1);
    shift += hunk.newTo - hunk.newFrom - (hunk.oldTo - hunk.oldFrom);
  }
  for (; next < oldLength; next++) kept.push(next + shift);
  return kept;
}

/**
 * What `mine` and `theirs` made of `base`, both kept: their row with my deletions taken out, my insertions put
 * behind the token they followed, and my changes to marks and markers applied.
 */
export function mergeTokens(base: readonly Token[], mine: readonly Token[], theirs: readonly Token[], caret: number | null): Token[] {
  const myHunks = diffTokens(base, mine, caret);
  const inMine = keptIndexes(base.length, myHunks);
  const inTheirs = keptIndexes(base.length, diffTokens(base, theirs));
  const merged: (Token | null)[] = [...theirs];
  base.forEach((token, index) => {
    const place = inTheirs[index]!;
    if (place < 0) return;
    const mineAt = inMine[index]!;
    if (mineAt < 0) merged[place] = null;
    else merged[place] = mergedToken(token, mine[mineAt]!, theirs[place]!);
  });
  const insertions = new Map<number, Token[]>();
  for (const hunk of myHunks) {
    if (hunk.newFrom === hunk.newTo) continue;
    let anchor = hunk.oldFrom - 1;
    while (anchor >= 0 && inTheirs[anchor]! < 0) anchor--;
    const place = anchor < 0 ? 0 : inTheirs[anchor]! + 1;
    insertions.set(place, [...(insertions.get(place) ?? []), ...mine.slice(hunk.newFrom, hunk.newTo)]);
  }
  const row: Token[] = [];
  for (let index = 0; index <= merged.length; index++) {
    row.push(...(insertions.get(index) ?? []));
    const token = merged[index];
    if (token !== null && token !== undefined) row.push(token);
  }
  return row;
}

function mergedToken(base: Token, mine: Token, theirs: Token): Token {
  const marks = mine.marks !== base.marks ? mine.marks : theirs.marks;
  const head = JSON.stringify(mine.head) !== JSON.stringify(base.head) ? mine.head : theirs.head;
  return { ...theirs, marks, head };
}
