// A menu that opens while a person types: a sign opens it, what follows filters it, picking takes both away.
// While an input method composes it neither opens nor acts; which sign, and what is offered, its makers say.
import { isHistoryTransaction } from "prosemirror-history";
import { Plugin, PluginKey, type EditorState, type Transaction } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { originOf } from "./binding";
import { COMPOSITION_SETTLES_MS } from "./composition";
import { belongsToInputMethod } from "./keys";
import { Menu, type Choice } from "./menu";

/** The sign and what was typed behind it, in front of the caret. */
export interface Query {
  /** UTF-16 units of both. */
  length: number;
  query: string;
}

export interface TypedState {
  /** While the menu is wanted. */
  wanted: Query | null;
}

export interface TypedMenuSettings {
  key: PluginKey<TypedState>;
  /** What the menu is called, and what it says when nothing fits; null: it is out of sight then, until something fits. */
  name: string;
  empty: string | null;
  queryAt(state: EditorState): Query | null;
  choices(view: EditorView, query: string): readonly Choice[];
  /** A choice was picked; `length` units in front of the caret are to go. */
  picked(view: EditorView, id: string, length: number): void;
}

function typed(tr: Transaction): boolean {
  return tr.docChanged && originOf(tr) === "local" && !isHistoryTransaction(tr) && tr.getMeta("paste") !== true && tr.getMeta("uiEvent") !== "drop";
}

export function typedMenu(settings: TypedMenuSettings): Plugin<TypedState> {
  const { key, queryAt } = settings;
  let shown: TypedMenuView | null = null;
  /** Whether the sign itself was typed. On a busy device several letters arrive in one, the first of the query with it. */
  const opens = (tr: Transaction, old: EditorState, length: number): boolean => {
    if (!typed(tr)) return false;
    return length === 1 || (queryAt(old) === null && tr.doc.content.size >= old.doc.content.size + length);
  };
  return new Plugin<TypedState>({
    key,
    state: {
      init: () => ({ wanted: null }),
      apply(tr, before, old, state) {
        if (tr.getMeta(key) === "close") return { wanted: null };
        const query = queryAt(state);
        if (query === null) return { wanted: null };
        return { wanted: before.wanted !== null || opens(tr, old, query.length) ? query : null };
      },
    },
    view: (view) => (shown = new TypedMenuView(view, settings)),
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

class TypedMenuView {
  private menu: Menu | null = null;
  private drawnQuery: string | null = null;
  /** It goes out of sight because nothing fits, not because somebody closed it. */
  private hiding = false;

  constructor(
    private readonly view: EditorView,
    private readonly settings: TypedMenuSettings,
  ) {}

  get openMenu(): Menu | null {
    return this.menu;
  }

  private get wanted(): Query | null {
    return this.settings.key.getState(this.view.state)?.wanted ?? null;
  }

  update(): void {
    if (!this.view.composing) this.refresh();
  }

  refresh(): void {
    if (this.view.isDestroyed) return;
    const { wanted } = this;
    if (wanted === null || !this.view.editable) {
      this.menu?.close();
      return;
    }
    if (this.menu !== null && this.drawnQuery === wanted.query) return;
    const choices = this.settings.choices(this.view, wanted.query);
    if (choices.length === 0 && this.settings.empty === null) return this.hide();
    this.menu ??= this.makeMenu();
    this.drawnQuery = wanted.query;
    this.menu.show(choices);
  }

  private hide(): void {
    this.hiding = true;
    this.menu?.close();
    this.hiding = false;
  }

  private makeMenu(): Menu {
    return new Menu({
      document: this.view.dom.ownerDocument,
      name: this.settings.name,
      empty: this.settings.empty ?? "",
      anchor: () => this.view.coordsAtPos(this.view.state.selection.head),
      picked: (id) => this.pick(id),
      closed: () => {
        this.menu = null;
        this.drawnQuery = null;
        if (!this.hiding) this.forget();
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
    const { wanted } = this;
    if (wanted !== null) this.settings.picked(this.view, id, wanted.length);
    this.menu?.close();
    this.view.focus();
  }

  /** A menu closed by Escape or a press elsewhere stays closed for this sign. */
  private forget(): void {
    if (this.view.isDestroyed || this.wanted === null) return;
    this.view.dispatch(this.view.state.tr.setMeta(this.settings.key, "close"));
  }

  destroy(): void {
    this.menu?.close();
  }
}
