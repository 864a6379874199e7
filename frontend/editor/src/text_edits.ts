// The edits that turn one Text from one row of tokens into another.
// It emits positions in UTF-16 units plus one per marker, and never touches any other Text.
import { diffTokens, keptIndexes } from "./diff";
import { marksOf, offsetsOf, type Token } from "./flatten";
import type { Edit, MarkValue, Run, TextRef } from "./tree";

/**
 * Edits for `before` → `after`; `base` is how far into its Text both rows begin. Hunks come last to first, so that
 * each position holds in the text as it still is; changes to kept tokens follow, in positions of the new text.
 */
export function textEdits(text: TextRef, base: number, before: readonly Token[], after: readonly Token[], caret: number | null = null): Edit[] {
  const hunks = diffTokens(before, after, caret);
  const oldAt = offsetsOf(before);
  const edits: Edit[] = [];
  for (const hunk of [...hunks].reverse()) {
    const at = base + oldAt[hunk.oldFrom]!;
    const del = oldAt[hunk.oldTo]! - oldAt[hunk.oldFrom]!;
    edits.push(...hunkEdits(text, at, del, after.slice(hunk.newFrom, hunk.newTo)));
  }
  const kept = keptIndexes(before.length, hunks);
  const newAt = offsetsOf(after);
  edits.push(...headEdits(text, base, before, after, kept, newAt), ...markEdits(text, base, before, after, kept, newAt));
  return edits;
}

function hunkEdits(text: TextRef, at: number, del: number, inserted: readonly Token[]): Edit[] {
  const edits: Edit[] = [];
  let index = 0;
  let pendingDel = del;
  do {
    const runs: Run[] = [];
    let width = 0;
    let openMarks: string | null = null;
    for (; index < inserted.length && inserted[index]!.head === null; index++) {
      const token = inserted[index]!;
      const last = runs[runs.length - 1];
      if (last !== undefined && openMarks === token.marks) last.text += token.key;
      else runs.push(token.marks === "" ? { text: token.key } : { text: token.key, marks: marksOf(token.marks) });
      openMarks = token.marks;
      width += token.width;
    }
    if (runs.length > 0 || pendingDel > 0) edits.push({ op: "splice", text, at, del: pendingDel, runs });
    pendingDel = 0;
    at += width;
    const head = inserted[index]?.head;
    if (head !== null && head !== undefined) {
      edits.push({ op: "marker", text, at, block: head });
      at += 1;
      index++;
    }
  } while (index < inserted.length);
  return edits;
}

function headEdits(text: TextRef, base: number, before: readonly Token[], after: readonly Token[], kept: readonly number[], newAt: readonly number[]): Edit[] {
  const edits: Edit[] = [];
  before.forEach((token, index) => {
    const place = kept[index]!;
    if (place < 0 || token.head === null) return;
    const head = after[place]!.head;
    if (head !== null && JSON.stringify(head) !== JSON.stringify(token.head)) {
      edits.push({ op: "block", text, at: base + newAt[place]!, block: head });
    }
  });
  return edits;
}

interface MarkChange {
  name: string;
  value: MarkValue | null;
  from: number;
  to: number;
}

function markEdits(text: TextRef, base: number, before: readonly Token[], after: readonly Token[], kept: readonly number[], newAt: readonly number[]): Edit[] {
  const done: MarkChange[] = [];
  const open = new Map<string, MarkChange>();
  before.forEach((token, index) => {
    const place = kept[index]!;
    if (place < 0 || token.marks === after[place]!.marks) return;
    const was = marksOf(token.marks);
    const is = marksOf(after[place]!.marks);
    for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
      const value = is[name] ?? null;
      if ((was[name] ?? null) === value) continue;
      const change = open.get(name);
      if (change !== undefined && change.to === newAt[place] && change.value === value) {
        change.to = newAt[place + 1]!;
      } else {
        const started = { name, value, from: newAt[place]!, to: newAt[place + 1]! };
        open.set(name, started);
        done.push(started);
      }
    }
  });
  return done.map(({ name, value, from, to }) => ({ op: "mark", text, from: base + from, to: base + to, name, value }));
}
