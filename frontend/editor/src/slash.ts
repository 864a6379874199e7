// The slash menu: opens when a person types a slash at the start of a line or after a space.
// How it opens and closes is typed_menu.ts; what the entries are is in slash_entries.ts.
import { Plugin, PluginKey, Selection, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { FLUSH, insertDivider, setBlock, toggleQuote, type BlockKind } from "./commands";
import { insertItem, insertSection } from "./item_commands";
import { kindsIn, label, OUTCOMES, type Labels } from "./labels";
import { isImage } from "./node_kinds";
import { blockAt, itemDepth } from "./selection";
import { insertTable } from "./table_commands";
import { filterEntries, slashEntries, slashQuery } from "./slash_entries";
import { typedMenu, type Query, type TypedState } from "./typed_menu";

const slashKey = new PluginKey<TypedState>("slash");

function queryAt(state: EditorState) {
  const { selection } = state;
  if (!(selection instanceof TextSelection) || !selection.empty) return null;
  const block = blockAt(selection.$head);
  if (block === null || isImage(block.node)) return null;
  return slashQuery(block.node.textBetween(0, selection.$head.parentOffset, undefined, "\ufffc"));
}

/** The one transaction of picking an entry: the query goes, the block or item comes. */
export function pickEntry(state: EditorState, id: string, queryLength: number, newId: () => string): Transaction {
  const head = state.selection.head;
  const tr = state.tr.delete(head - queryLength, head);
  if (id.startsWith("item:")) return insertItem(tr, newId(), id.slice("item:".length)).setMeta(FLUSH, true);
  if (id === "image") return tr;
  if (id === "mention") return tr.insertText("@");
  if (id === "table") return (insertTable(tr, newId) ?? tr).setMeta(FLUSH, true);
  const cleared = state.apply(tr);
  const follow = (next: Transaction): void => {
    for (const step of next.steps) tr.step(step);
    tr.setSelection(Selection.fromJSON(tr.doc, next.selection.toJSON() as object));
    if (next.getMeta("sections") === true) tr.setMeta("sections", true);
  };
  if (id === "section") follow(insertSection(cleared, newId()));
  else blockCommand(id)(cleared, follow);
  return tr.scrollIntoView();
}

function blockCommand(id: string): Command {
  if (id === "divider") return insertDivider;
  return id === "quote" ? toggleQuote : setBlock(id as BlockKind);
}

/** What the menu is to show entries for; null while it stays closed. */
export function wantedSlash(state: EditorState): Query | null {
  return slashKey.getState(state)?.wanted ?? null;
}

export interface SlashContext {
  labels: Labels;
  newId: () => string;
  /** What the document is: it decides which items can be made. */
  documentKind: string;
  /** Lets the person choose image files for where the caret is. */
  chooseImages(view: EditorView): void;
}

export function slashMenu(context: SlashContext): Plugin<TypedState> {
  const { labels, newId } = context;
  return typedMenu({
    key: slashKey,
    name: label(labels, "menu_insert"),
    empty: label(labels, "menu_empty"),
    queryAt,
    choices: (view, query) => filterEntries(slashEntries(labels, allowed(view.state, context.documentKind)), query),
    picked: (view, id, length) => {
      view.dispatch(pickEntry(view.state, id, length, newId));
      if (id === "image") context.chooseImages(view);
    },
  });
}

/** No item stands inside another; what is made in a topic stands under it. */
function allowed(state: EditorState, documentKind: string): { items: readonly string[]; sections: boolean } {
  const { $head } = state.selection;
  const depth = itemDepth($head);
  if (depth === null) return { items: kindsIn(documentKind), sections: true };
  return { items: $head.node(depth).attrs["kind"] === "topic" ? OUTCOMES : [], sections: false };
}
