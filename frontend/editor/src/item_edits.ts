// Changes to an item made beside the text, in a table of the same items. They are transactions like those of
// the text: told to Rust as the smallest edits, shown here at once, undone here. Nothing here has a view.
import { closeHistory } from "prosemirror-history";
import type { Node } from "prosemirror-model";
import type { EditorState, Transaction } from "prosemirror-state";
import { MAX_PLAIN_LENGTH } from "./bounds";
import { diffTokens, mergeTokens } from "./diff";
import { offsetsOf, tokensOfText, type Token } from "./flatten";
import { findItem, placeOf } from "./positions";

/** What is said about an item beside the text; `ItemEdit` in app/src/editor/port.rs. */
export type ItemEdit =
  /** The title that read `base` when somebody began to change it is to read `typed`. */
  | { id: string; base: string; typed: string }
  /** A field says this from now on; null clears it. */
  | { id: string; field: string; value: string | null };

/** Why an edit was not made. */
export type Refusal = "item_gone" | "text_too_long";

export function editItem(state: EditorState, edit: ItemEdit): Transaction | Refusal {
  return "field" in edit ? setField(state, edit.id, edit.field, edit.value) : setTitle(state, edit.id, edit.base, edit.typed);
}

function setField(state: EditorState, id: string, field: string, value: string | null): Transaction | Refusal {
  const item = findItem(state.doc, id);
  if (item === null) return "item_gone";
  const fields = { ...(item.node.attrs["fields"] as Record<string, string>) };
  const tr = state.tr;
  if ((fields[field] ?? null) === value) return tr;
  if (value === null) delete fields[field];
  else fields[field] = value;
  return closeHistory(tr.setNodeAttribute(item.pos, "fields", fields));
}

/** What others wrote into the title since `base` stays: only what was really typed or deleted is carried over. */
function setTitle(state: EditorState, id: string, base: string, typed: string): Transaction | Refusal {
  const place = placeOf(state.doc, `i/${id}/title`);
  if (place === null) return "item_gone";
  const now = tokensOfText(place.node.textContent);
  const line = typed.replace(/[\r\n]+/g, " ");
  const merged = mergeTokens(tokensOfText(base), tokensOfText(line), now, null);
  if (widthOfRow(merged) > Math.max(MAX_PLAIN_LENGTH, place.node.content.size)) return "text_too_long";
  return replaced(state.tr, place.pos + 1, now, merged);
}

/** Last hunk first, so that the places of the others still hold, and carets beside them stay. */
function replaced(tr: Transaction, start: number, now: readonly Token[], merged: readonly Token[]): Transaction {
  const at = offsetsOf(now);
  for (const hunk of diffTokens(now, merged).reverse()) {
    const text = merged.slice(hunk.newFrom, hunk.newTo).map(({ key }) => key).join("");
    const [from, to] = [start + at[hunk.oldFrom]!, start + at[hunk.oldTo]!];
    if (text === "") tr.delete(from, to);
    else tr.replaceWith(from, to, tr.doc.type.schema.text(text));
  }
  return tr.docChanged ? closeHistory(tr) : tr;
}

function widthOfRow(row: readonly Token[]): number {
  return row.reduce((width, token) => width + token.width, 0);
}

/** What an item says in a field, for a menu that shows the present choice. */
export function itemField(doc: Node, id: string, field: string): { kind: string; value: string } | null {
  const item = findItem(doc, id);
  if (item === null) return null;
  return { kind: String(item.node.attrs["kind"]), value: (item.node.attrs["fields"] as Record<string, string>)[field] ?? "" };
}
