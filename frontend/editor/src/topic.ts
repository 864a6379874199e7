// Topics of a meeting: how long each has been talked about, and what came of it. No DOM; the time is handed in.
// The timer is two fields of the topic, so that everybody sees the same one: `spent` seconds before it was last
// started, and `since` when it runs.
import type { Node } from "prosemirror-model";
import type { EditorState, Transaction } from "prosemirror-state";
import { newItem } from "./build";
import type { EditorSchema } from "./schema";
import { caretAt } from "./selection";

export type Fields = Readonly<Record<string, string>>;

/** A timer nobody stopped counts no further than a working day. */
const MAX_SECONDS = 8 * 60 * 60;

export function isRunning(fields: Fields): boolean {
  return fields["since"] !== undefined;
}

/** Seconds talked until `now` (milliseconds since 1970). Another device's clock may be ahead: never less than none. */
export function secondsSpent(fields: Fields, now: number): number {
  const since = Number(fields["since"] ?? now);
  const running = Number.isFinite(since) ? Math.max(0, Math.floor((now - since) / 1000)) : 0;
  const before = Number(fields["spent"] ?? 0);
  return Math.min(MAX_SECONDS, running + (Number.isFinite(before) ? Math.max(0, Math.floor(before)) : 0));
}

/** Whether the planned minutes are over. */
export function isOver(fields: Fields, now: number): boolean {
  const minutes = Number(fields["minutes"]);
  return minutes > 0 && secondsSpent(fields, now) > minutes * 60;
}

/** Minutes and seconds as a clock shows them. */
export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function started(fields: Fields, now: number): Fields {
  return { ...fields, since: String(now) };
}

function paused(fields: Fields, now: number): Fields {
  const { since: _, ...rest } = fields;
  return { ...rest, spent: String(secondsSpent(fields, now)) };
}

/** Starts or pauses the timer of the topic at `pos`; people talk about one thing at a time, so others pause. */
export function toggleTimer(state: EditorState, pos: number, now: number): Transaction {
  const tr = state.tr.setMeta("addToHistory", false);
  state.doc.descendants((node, at) => {
    if (node.type.name !== "item") return node.type.name === "section";
    if (node.attrs["kind"] !== "topic") return false;
    const fields = node.attrs["fields"] as Fields;
    if (at === pos && !isRunning(fields)) setFields(tr, at, node, started(fields, now));
    else if (isRunning(fields)) setFields(tr, at, node, paused(fields, now));
    return false;
  });
  return tr;
}

function setFields(tr: Transaction, pos: number, node: Node, fields: Fields): void {
  tr.setNodeMarkup(pos, null, { ...node.attrs, fields });
}

/** Puts an item behind the topic at `pos` and what came of it already, with the caret in its title. */
export function insertOutcome(state: EditorState, pos: number, id: string, kind: string): Transaction {
  const { doc, tr } = state;
  const end = behindOutcomes(doc, pos + (doc.nodeAt(pos)?.nodeSize ?? 0));
  tr.insert(end, newItem(state.schema as EditorSchema, id, kind));
  return caretAt(tr, end + 1);
}

/** Behind what came of a topic, when the first of it would stand at `pos`. */
export function behindOutcomes(doc: Node, pos: number): number {
  let end = pos;
  for (let next = doc.nodeAt(end); isOutcome(next); next = doc.nodeAt(end)) end += next.nodeSize;
  return end;
}

function isOutcome(node: Node | null): node is Node {
  return node !== null && node.type.name === "item" && node.attrs["kind"] !== "topic";
}
