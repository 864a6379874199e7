// The rule of input methods: while a person composes, nothing is said about that Text and nothing of others is
// shown in it; at the end there is one splice over what others did meanwhile. No DOM, no timers.
import type { Node } from "prosemirror-model";
import type { EditorState } from "prosemirror-state";
import { mergeTokens } from "./diff";
import { blocksOfTokens, offsetsOf, tokensOfBlocks, tokensOfInline, tokensOfNodes, tokensOfText, type Token } from "./flatten";
import { childrenOf, oneTextEdits } from "./local";
import { findItem, findTable, placeOf, textAt, toTextPosition, type TextPlace } from "./positions";
import { isCell } from "./schema";
import { textEdits } from "./text_edits";
import type { Block, Edit, RemoteUpdate, TextPosition, TextRef } from "./tree";

/** After the end of a composition the browser's last changes arrive within this time (ProseMirror waits 20 ms). */
export const COMPOSITION_SETTLES_MS = 30;
/** By then the editor has told what was composed: from here on something may be drawn around it again. */
export const COMPOSITION_TOLD_MS = 40;

/** What the end of a composition comes to. */
export interface EndedComposition {
  /** For Rust. */
  edits: Edit[];
  /** To show now: what was held back, with the composed Text already merged. */
  held: RemoteUpdate | null;
}

interface Composing {
  text: TextRef;
  /** The node that held the Text when the composition began. */
  base: TextPlace;
  held: RemoteUpdate | null;
}

export class CompositionHold {
  private composing: Composing | null = null;

  get text(): TextRef | null {
    return this.composing?.text ?? null;
  }

  /** Begins with the Text the selection is in. A composition that goes on keeps its beginning. */
  start(state: EditorState): void {
    if (this.composing !== null) return;
    const found = textAt(state.selection.$head);
    const base = found === null ? null : placeOf(state.doc, found.ref);
    if (base !== null) this.composing = { text: base.ref, base, held: null };
  }

  /** The part of `update` that may be shown now; the rest is kept. */
  withhold(doc: Node, update: RemoteUpdate): RemoteUpdate {
    const composing = this.composing;
    if (composing === null) return update;
    const now: RemoteUpdate = { ...update, texts: {} };
    const held: RemoteUpdate = { texts: {}, ...composing.held };
    for (const [ref, blocks] of Object.entries(update.texts ?? {})) {
      const later = ref === composing.text || takesAway(doc, composing.text, ref, blocks);
      (later ? held : now).texts![ref] = blocks;
    }
    if (update.sections !== undefined && update.sections !== null) {
      held.sections = update.sections;
      now.sections = null;
    }
    const [scope, table = ""] = composing.text.split("/");
    const head = scope === "t" ? update.tables?.[table] : undefined;
    if (head !== undefined) {
      held.tables = { ...held.tables, [table]: head };
      now.tables = Object.fromEntries(Object.entries(update.tables!).filter(([id]) => id !== table));
    }
    const holdsSomething = Object.keys(held.texts!).length > 0 || held.sections !== undefined || held.tables !== undefined;
    composing.held = holdsSomething ? held : null;
    return now;
  }

  /** Ends it: what was composed, put over what others did; null when nothing was being composed. */
  end(state: EditorState): EndedComposition | null {
    const composing = this.composing;
    this.composing = null;
    if (composing === null) return null;
    const { text, base, held } = composing;
    const place = placeOf(state.doc, text);
    if (place === null) return { edits: [], held };
    const caret = toTextPosition(state.doc, state.selection.head);
    const theirs = held?.texts?.[text];
    if (theirs === undefined) return { edits: oneTextEdits(place, base.node, caret), held };
    const theirTokens = place.plain && !isCell(place.node) ? tokensOfText(plainText(theirs)) : tokensOfBlocks(theirs);
    const mine = tokensOfPlace(place);
    const merged = mergeTokens(tokensOfPlace(base), mine, theirTokens, caretIndex(caret, text, mine));
    const shown: RemoteUpdate = { ...held, texts: { ...held?.texts, [text]: blocksOfTokens(merged) } };
    return { edits: textEdits(text, 0, theirTokens, merged), held: shown };
  }
}

/** Whether showing `blocks` in the body `ref` would remove the item in whose Text somebody composes. */
function takesAway(doc: Node, composed: TextRef, ref: TextRef, blocks: readonly Block[]): boolean {
  const [scope, id = ""] = composed.split("/");
  if ((scope !== "i" && scope !== "t") || !ref.startsWith("s/") || !ref.endsWith("/body")) return false;
  const item = scope === "i" ? findItem(doc, id) : findTable(doc, id);
  const section = item === null ? null : doc.resolve(item.pos).parent;
  const here = section !== null && ref === `s/${String(section.attrs["id"])}/body`;
  return here !== blocks.some((block) => block.item === id || block.table === id);
}

function tokensOfPlace(place: TextPlace): Token[] {
  if (isCell(place.node)) return tokensOfInline(place.node);
  if (place.plain) return tokensOfText(place.node.textContent);
  return tokensOfNodes(childrenOf(place.node, place.firstChild, place.node.childCount), null);
}

function plainText(blocks: readonly Block[]): string {
  return blocks.flatMap((block) => block.runs ?? []).map((run) => run.text).join("");
}

function caretIndex(caret: TextPosition | null, text: TextRef, tokens: readonly Token[]): number | null {
  if (caret === null || caret.text !== text) return null;
  const index = offsetsOf(tokens).indexOf(caret.at);
  return index < 0 ? null : index;
}
