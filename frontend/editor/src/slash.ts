// The slash menu: opens when a person types a slash at the start of a line or after a space, filters as they go on.
// While an input method composes it neither opens nor acts; what the entries are is in slash_entries.ts.
import { isHistoryTransaction } from "prosemirror-history";
import { Plugin, PluginKey, Selection, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { originOf } from "./binding";
import { FLUSH, insertDivider, setBlock, toggleQuote, type BlockKind } from "./commands";
import { COMPOSITION_SETTLES_MS } from "./composition";
import { insertItem, insertSection } from "./item_commands";
import { belongsToInputMethod } from "./keys";
import { kindsIn, label, OUTCOMES, type Labels } from "./labels";
import { Menu } from "./menu";
import { isImage } from "./node_kinds";
import { blockAt, itemDepth } from "./selection";
import { insertTable } from "./table_commands";
import { filterEntries, slashEntries, slashQuery } from "./slash_entries";

interface SlashState {
  /** The trigger and query in front of the caret, while the menu is wanted. */
  wanted: { length: number; query: string } | null;
}

const slashKey = new PluginKey<SlashState>("slash");

function queryAt(state: EditorState) {
  const { selection } = state;
  if (!(selection instanceof TextSelection) || !selection.empty) return null;
  const block = blockAt(selection.$head);
  if (block === null || isImage(block.node)) return null;
  return slashQuery(block.node.textBetween(0, selection.$head.parentOffset, undefined, "\ufffc"));
}

function typed(tr: Transaction): boolean {
  return tr.docChanged && originOf(tr) === "local" && !isHistoryTransaction(tr) && tr.getMeta("paste") !== true && tr.getMeta("uiEvent") !== "drop";
}

/** Whether the slash itself was typed. On a busy device several letters arrive in one, the first of the query with it. */
function opens(tr: Transaction, old: EditorState, length: number): boolean {
  if (!typed(tr)) return false;
  return length === 1 || (queryAt(old) === null && tr.doc.content.size >= old.doc.content.size + length);
}

/** The one transaction of picking an entry: the query goes, the block or item comes. */
export function pickEntry(state: EditorState, id: string, queryLength: number, newId: () => string): Transaction {
  const head = state.selection.head;
  const tr = state.tr.delete(head - queryLength, head);
  if (id.startsWith("item:")) return insertItem(tr, newId(), id.slice("item:".length)).setMeta(FLUSH, true);
  if (id === "image") return tr;
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
export function wantedSlash(state: EditorState): SlashState["wanted"] {
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

export function slashMenu(context: SlashContext): Plugin<SlashState> {
  let shown: SlashView | null = null;
  return new Plugin<SlashState>({
    key: slashKey,
    state: {
      init: () => ({ wanted: null }),
      apply(tr, before, old, state) {
        if (tr.getMeta(slashKey) === "close") return { wanted: null };
        const query = queryAt(state);
        if (query === null) return { wanted: null };
        return { wanted: before.wanted !== null || opens(tr, old, query.length) ? query : null };
      },
    },
    view: (view) => (shown = new SlashView(view, context)),
    props: {
      handleKeyDown: (_view, event) => !belongsToInputMethod(event) && shown !== null && shown.handleKey(event.key),
      handleDOMEvents: {
        compositionend: () => {
          setTimeout(() => shown?.refresh(), COMPOSITION_SETTLES_MS);
          return false;
        },
        blur: () => {
          shown?.dismiss();
          return false;
        },
      },
      attributes: (): Record<string, string> => {
        const menu = shown?.openMenu;
        return menu?.currentId ? { "aria-controls": menu.id, "aria-activedescendant": menu.currentId } : {};
      },
    },
  });
}

class SlashView {
  private menu: Menu | null = null;
  private drawnQuery: string | null = null;

  constructor(
    private readonly view: EditorView,
    private readonly context: SlashContext,
  ) {}

  get openMenu(): Menu | null {
    return this.menu;
  }

  update(): void {
    if (!this.view.composing) this.refresh();
  }

  refresh(): void {
    if (this.view.isDestroyed) return;
    const wanted = wantedSlash(this.view.state);
    if (wanted === null || !this.view.editable) {
      this.menu?.close();
      return;
    }
    if (this.menu !== null && this.drawnQuery === wanted.query) return;
    this.menu ??= this.makeMenu();
    this.drawnQuery = wanted.query;
    const entries = slashEntries(this.context.labels, this.allowed());
    this.menu.show(filterEntries(entries, wanted.query));
  }

  /** No item stands inside another; what is made in a topic stands under it. */
  private allowed(): { items: readonly string[]; sections: boolean } {
    const { $head } = this.view.state.selection;
    const depth = itemDepth($head);
    if (depth === null) return { items: kindsIn(this.context.documentKind), sections: true };
    return { items: $head.node(depth).attrs["kind"] === "topic" ? OUTCOMES : [], sections: false };
  }

  private makeMenu(): Menu {
    return new Menu({
      document: this.view.dom.ownerDocument,
      name: label(this.context.labels, "menu_insert"),
      empty: label(this.context.labels, "menu_empty"),
      anchor: () => this.view.coordsAtPos(this.view.state.selection.head),
      picked: (id) => this.pick(id),
      closed: () => {
        this.menu = null;
        this.drawnQuery = null;
        this.forget();
      },
    });
  }

  handleKey(key: string): boolean {
    const menu = this.menu;
    if (menu === null || key === " ") return false;
    if (key === "Tab") return menu.pickCurrent();
    const handled = menu.handleKey(key);
    // The highlighted option changed: the editor's own attributes name it for screen readers.
    if (handled && this.menu !== null) this.view.updateState(this.view.state);
    return handled;
  }

  dismiss(): void {
    this.menu?.close();
  }

  private pick(id: string): void {
    const wanted = wantedSlash(this.view.state);
    if (wanted !== null) this.view.dispatch(pickEntry(this.view.state, id, wanted.length, this.context.newId));
    this.menu?.close();
    this.view.focus();
    if (id === "image") this.context.chooseImages(this.view);
  }

  /** A menu closed by Escape or a press elsewhere stays closed for this slash. */
  private forget(): void {
    if (this.view.isDestroyed || slashKey.getState(this.view.state)?.wanted === null) return;
    this.view.dispatch(this.view.state.tr.setMeta(slashKey, "close"));
  }

  destroy(): void {
    this.menu?.close();
  }
}
