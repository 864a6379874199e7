// The bar over selected text: marks, a link, and turning the text into something else. It shows what the selection is
// and runs the same commands as the keys; it takes the focus only when asked to (Alt-F10), and Escape gives it back.
import { toggleMark } from "prosemirror-commands";
import { Plugin, TextSelection, type Command, type EditorState } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { FLUSH, setBlock, toggleQuote, type BlockKind } from "./commands";
import { icon, type IconName } from "./icons";
import { belongsToInputMethod } from "./keys";
import { kindsIn, label, type Labels } from "./labels";
import { Menu, type Choice } from "./menu";
import { anchorOf, floating } from "./popup";
import type { EditorSchema } from "./schema";
import { blockAt } from "./selection";
import { canBecomeItem, itemFromSelection } from "./selection_item";
import { TOOL_MARKS, type ToolMark } from "./tree";

/** Distance kept from the text and from the edges of the window. */
const GAP_PX = 8;
const TURN_INTO = ["paragraph", "heading1", "heading2", "heading3", "bullet", "ordered", "check", "quote", "callout", "code"] as const;

export interface ToolbarContext {
  labels: Labels;
  newId(): string;
  editLink: Command;
  /** What the document is: it decides which items can be made. */
  documentKind: string;
}

export function selectionToolbar(context: ToolbarContext): Plugin {
  let bar: Toolbar | null = null;
  return new Plugin({
    view: (view) => (bar = new Toolbar(view, context)),
    props: {
      handleKeyDown: (_view, event) => !belongsToInputMethod(event) && event.altKey && event.key === "F10" && bar !== null && bar.takeFocus(),
    },
  });
}

/** Whether there is something in the selection that the bar can change. */
export function isWanted(state: EditorState): boolean {
  const { selection } = state;
  if (!(selection instanceof TextSelection) || selection.empty) return false;
  return blockAt(selection.$from) !== null || blockAt(selection.$to) !== null;
}

/** Whether all of the selected text has a mark. */
export function isMarked(state: EditorState, name: ToolMark | "link"): boolean {
  const type = (state.schema as EditorSchema).marks[name];
  const { from, to } = state.selection;
  let [any, all] = [false, true];
  state.doc.nodesBetween(from, to, (node) => {
    if (node.isText && (node.text ?? "") !== "") {
      any = true;
      all &&= type.isInSet(node.marks) !== undefined;
    }
    return all;
  });
  return any && all;
}

class Toolbar {
  private readonly element: HTMLElement;
  private readonly buttons: HTMLButtonElement[] = [];
  private readonly turn: HTMLButtonElement;
  private menu: Menu | null = null;
  private pressing = false;
  private dismissedAt: string | null = null;
  private readonly document: Document;
  private readonly listeners = new AbortController();

  constructor(private readonly view: EditorView, private readonly context: ToolbarContext) {
    this.document = view.dom.ownerDocument;
    this.element = floating(this.document, "editor-toolbar");
    this.element.hidden = true;
    this.element.setAttribute("role", "toolbar");
    this.element.setAttribute("aria-label", label(context.labels, "toolbar"));
    this.turn = this.button("turn_into", () => this.openMenu());
    this.turn.append(label(context.labels, "turn_into"), icon(this.document, "chevron"));
    this.turn.setAttribute("aria-haspopup", "listbox");
    this.element.append(this.turn, this.separator());
    for (const name of TOOL_MARKS) this.iconButton(name, `mark_${name}`, () => toggleMark((view.state.schema as EditorSchema).marks[name]));
    this.iconButton("link", "link", () => context.editLink);
    this.listen();
  }

  private listen(): void {
    const { signal } = this.listeners;
    // The press must not take the selection away; the act is the click's.
    this.element.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    this.element.addEventListener("keydown", (event) => this.key(event), { signal });
    this.element.addEventListener("focusout", () => queueMicrotask(() => this.update()), { signal });
    this.view.dom.addEventListener("pointerdown", () => this.press(true), { signal });
    for (const name of ["pointerup", "pointercancel"]) this.document.addEventListener(name, () => this.press(false), { signal, capture: true });
    for (const name of ["focus", "blur"]) this.view.dom.addEventListener(name, () => setTimeout(() => this.update()), { signal });
    this.document.addEventListener("scroll", () => this.place(), { signal, capture: true, passive: true });
    const viewport = this.document.defaultView?.visualViewport;
    for (const name of ["resize", "scroll"]) viewport?.addEventListener(name, () => this.place(), { signal });
    this.view.dom.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.element.hidden || belongsToInputMethod(event)) return;
      this.dismissedAt = this.selected();
      this.update();
    }, { signal });
  }

  private selected(): string {
    const { from, to } = this.view.state.selection;
    return `${from}-${to}`;
  }

  private press(active: boolean): void {
    if (this.pressing === active) return;
    this.pressing = active;
    // A selection is made when the pointer is let go; until then the bar would be in its way.
    setTimeout(() => this.update());
  }

  private button(key: string, act: () => void): HTMLButtonElement {
    const element = this.document.createElement("button");
    element.type = "button";
    element.tabIndex = -1;
    element.dataset["act"] = key;
    element.addEventListener("click", act);
    this.buttons.push(element);
    return element;
  }

  private iconButton(name: IconName & (ToolMark | "link"), key: string, command: () => Command): void {
    const element = this.button(name, () => {
      command()(this.view.state, this.view.dispatch, this.view);
      if (name !== "link") this.view.focus();
    });
    const text = label(this.context.labels, key);
    element.setAttribute("aria-label", text);
    element.title = text;
    element.append(icon(this.document, name));
    this.element.append(element);
  }

  private separator(): HTMLElement {
    const line = this.document.createElement("span");
    line.className = "editor-toolbar-line";
    return line;
  }

  update(): void {
    if (this.view.isDestroyed) return;
    const { state } = this.view;
    if (this.dismissedAt !== null && this.dismissedAt !== this.selected()) this.dismissedAt = null;
    const here = this.view.hasFocus() || this.element.contains(this.document.activeElement) || this.menu !== null;
    const wanted = here && !this.pressing && !this.view.composing && this.view.editable && this.dismissedAt === null && isWanted(state);
    this.element.hidden = !wanted;
    if (!wanted) return;
    for (const button of this.buttons) {
      const name = button.dataset["act"] as ToolMark | "link" | "turn_into";
      if (name !== "turn_into") button.setAttribute("aria-pressed", String(isMarked(state, name)));
    }
    this.place();
  }

  /** Above the selection, or below it where there is no room. A narrow screen has it above its keyboard. */
  private place(): void {
    const window = this.document.defaultView;
    if (this.element.hidden || window === null) return;
    const { style } = this.element;
    const docked = window.matchMedia("(max-width: 860px)").matches;
    this.element.classList.toggle("is-docked", docked);
    if (docked) {
      const viewport = window.visualViewport;
      const covered = viewport === null ? 0 : Math.max(0, window.innerHeight - viewport.height - viewport.offsetTop);
      style.insetBlockStart = "";
      style.insetInlineStart = "";
      style.insetBlockEnd = `${covered}px`;
      return;
    }
    const { from, to } = this.view.state.selection;
    const [start, end] = [this.view.coordsAtPos(from), this.view.coordsAtPos(to, -1)];
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const above = start.top - height - GAP_PX;
    const top = above >= GAP_PX ? above : Math.min(end.bottom + GAP_PX, window.innerHeight - height - GAP_PX);
    const left = Math.max(GAP_PX, Math.min(start.left, window.innerWidth - width - GAP_PX));
    style.insetBlockEnd = "";
    style.insetBlockStart = `${top}px`;
    style.insetInlineStart = `${left}px`;
  }

  takeFocus(): boolean {
    if (this.element.hidden) return false;
    this.buttons[0]?.focus({ preventScroll: true });
    return true;
  }

  private key(event: KeyboardEvent): void {
    const at = this.buttons.indexOf(this.document.activeElement as HTMLButtonElement);
    const count = this.buttons.length;
    if (event.key === "ArrowRight") this.buttons[(at + 1) % count]?.focus();
    else if (event.key === "ArrowLeft") this.buttons[(at - 1 + count) % count]?.focus();
    else if (event.key === "Home") this.buttons[0]?.focus();
    else if (event.key === "End") this.buttons[count - 1]?.focus();
    else if (event.key === "Escape") this.view.focus();
    else return;
    event.preventDefault();
  }

  private openMenu(): void {
    const { labels } = this.context;
    const block = (name: string): Choice => ({ id: name, label: label(labels, `block_${name}`), group: label(labels, "menu_blocks") });
    const item = (kind: string): Choice => ({ id: `item:${kind}`, label: label(labels, `kind_${kind}`), group: label(labels, "turn_into_item") });
    const items = canBecomeItem(this.view.state) ? kindsIn(this.context.documentKind).map(item) : [];
    this.menu?.close();
    this.menu = new Menu({
      document: this.document,
      name: label(labels, "turn_into"),
      empty: "",
      anchor: () => anchorOf(this.turn),
      picked: (id) => this.pick(id),
      closed: () => {
        // An editor that goes has forgotten its menu, and takes no focus any more.
        if (this.menu === null) return;
        this.menu = null;
        this.view.focus();
        this.update();
      },
    });
    this.menu.show([...items, ...TURN_INTO.map(block)]);
    this.menu.takeFocus();
  }

  private pick(id: string): void {
    if (id.startsWith("item:")) {
      const tr = itemFromSelection(this.view.state, this.context.newId(), id.slice("item:".length));
      if (tr !== null) this.view.dispatch(tr.setMeta(FLUSH, true));
    } else {
      const command = id === "quote" ? toggleQuote : setBlock(id as BlockKind);
      command(this.view.state, this.view.dispatch);
    }
    this.menu?.close();
  }

  destroy(): void {
    this.listeners.abort();
    const { menu } = this;
    this.menu = null;
    menu?.close();
    this.element.remove();
  }
}
