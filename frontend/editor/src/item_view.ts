// How an item is drawn: a header with its number and fields (not part of the text), then its three texts.
// Changing a field is one attribute step on the item; the view keeps nothing of its own.
import type { Node } from "prosemirror-model";
import type { Command } from "prosemirror-state";
import type { EditorView, NodeView, ViewMutationRecord } from "prosemirror-view";
import { addressOfItem, copyText } from "./anchors";
import { FLUSH } from "./commands";
import { editField } from "./field_editor";
import type { Notice } from "./host";
import { actOnItem, itemActs, type ItemAct } from "./item_menu";
import { askedOf, choicesOf, fieldsOf, label, type Labels } from "./labels";
import { Menu } from "./menu";
import { anchorOf } from "./popup";
import { itemDepth } from "./selection";
import { SmartLetters } from "./smart_view";
import { insertOutcome, toggleTimer } from "./topic";
import { outcomeButtons, TimerButton } from "./topic_view";

/** What an item's view needs besides its node. */
export interface ItemContext {
  newId: () => string;
  notice: (code: Notice) => void;
  /** Asks the person where else the item is to go. */
  moveItem: (id: string) => void;
}

export class ItemView implements NodeView {
  readonly dom: HTMLElement;
  readonly contentDOM: HTMLElement;
  private readonly header: HTMLElement;
  private readonly number: HTMLButtonElement;
  private readonly buttons = new Map<string, HTMLButtonElement>();
  private readonly smart: SmartLetters | null = null;
  private readonly timer: TimerButton | null = null;
  private readonly outcomes: HTMLElement | null = null;

  constructor(
    private node: Node,
    private readonly view: EditorView,
    private readonly getPos: () => number | undefined,
    private readonly labels: Labels,
    private readonly context: ItemContext,
  ) {
    const { ownerDocument: document } = view.dom;
    this.dom = document.createElement("section");
    this.dom.className = "item";
    this.dom.setAttribute("role", "group");
    this.header = document.createElement("header");
    this.header.className = "item-head";
    this.header.contentEditable = "false";
    this.number = document.createElement("button");
    this.number.type = "button";
    this.number.setAttribute("aria-haspopup", "listbox");
    this.number.addEventListener("click", () => this.openMenu());
    const fields = document.createElement("div");
    fields.className = "fields";
    for (const field of fieldsOf(this.kind)) fields.append(this.makeButton(document, field));
    this.header.append(this.number, fields);
    this.contentDOM = document.createElement("div");
    this.contentDOM.className = "item-text";
    this.dom.append(this.header, this.contentDOM);
    if (this.kind === "goal") {
      this.smart = new SmartLetters(document, labels, (field, value) => this.view.editable && this.change(field, value));
      this.header.append(this.smart.element);
    }
    if (this.kind === "topic") {
      this.timer = new TimerButton(document, labels, () => this.pressTimer());
      fields.append(this.timer.element);
      this.outcomes = outcomeButtons(document, labels, (kind) => this.makeOutcome(kind));
      this.dom.append(this.outcomes);
    }
    this.dom.addEventListener("keydown", (event) => this.key(event));
    this.draw();
  }

  private get kind(): string {
    return String(this.node.attrs["kind"]);
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type || node.attrs["id"] !== this.node.attrs["id"]) return false;
    const kind = String(node.attrs["kind"]);
    if (fieldsOf(kind) !== fieldsOf(this.kind) || (kind === "goal") !== (this.kind === "goal")) return false;
    const redraw = node.attrs !== this.node.attrs;
    this.node = node;
    if (redraw) this.draw();
    return true;
  }

  private get fields(): Record<string, string> {
    return this.node.attrs["fields"] as Record<string, string>;
  }

  private makeButton(document: Document, field: string): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset["field"] = field;
    button.addEventListener("click", () => this.open(field));
    this.buttons.set(field, button);
    return button;
  }

  private draw(): void {
    const { id, kind, number } = this.node.attrs as { id: string; kind: string; number: string | null };
    this.dom.dataset["item"] = id;
    this.dom.dataset["kind"] = kind;
    const kindName = label(this.labels, `kind_${kind}`);
    const name = number ?? label(this.labels, "item_new");
    this.dom.setAttribute("aria-label", kind === "topic" ? kindName : `${kindName} ${name}`);
    // Which of the topics it is, the style sheet counts.
    if (kind === "topic") this.number.className = "num topic-place";
    else this.number.className = number === null ? "num is-new" : "num";
    this.number.textContent = kind === "topic" ? kindName : name;
    this.number.setAttribute("aria-label", `${this.number.textContent}, ${label(this.labels, "item_acts")}`);
    this.smart?.draw(this.fields);
    this.timer?.draw(this.fields);
    for (const [field, button] of this.buttons) this.drawField(field, button, kind);
  }

  private drawField(field: string, button: HTMLButtonElement, kind: string): void {
    const value = this.fields[field] ?? "";
    const isWord = choicesOf(field, kind) !== null;
    const name = label(this.labels, `field_${field}`);
    const shown = isWord ? label(this.labels, `${field}_${value}`) : this.written(field, value);
    button.className = value === "" ? "field is-unset" : "field";
    button.dataset["value"] = value;
    button.hidden = value === "" && !askedOf(kind).some((asked) => asked === field);
    button.textContent = value === "" ? name : shown;
    button.setAttribute("aria-label", value === "" ? name : `${name} ${shown}`);
    button.setAttribute("aria-haspopup", isWord ? "listbox" : "dialog");
  }

  private written(field: string, value: string): string {
    return field === "minutes" ? `${value} ${label(this.labels, "minutes_unit")}` : value;
  }

  private pressTimer(): void {
    const pos = this.getPos();
    if (pos !== undefined && this.view.editable) this.view.dispatch(toggleTimer(this.view.state, pos, Date.now()).setMeta(FLUSH, true));
  }

  private makeOutcome(kind: string): void {
    const pos = this.getPos();
    if (pos === undefined || !this.view.editable) return;
    this.view.dispatch(insertOutcome(this.view.state, pos, this.context.newId(), kind).setMeta(FLUSH, true));
    this.view.focus();
  }

  /** Arrows go from button to button, Escape back into the text. */
  private key(event: KeyboardEvent): void {
    const buttons = [...this.dom.querySelectorAll<HTMLButtonElement>(":scope > .item-head button:not([hidden]), :scope > .item-outcomes button")];
    const at = buttons.indexOf(this.dom.ownerDocument.activeElement as HTMLButtonElement);
    if (at === -1) return;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step !== undefined) buttons[(at + step + buttons.length) % buttons.length]?.focus();
    else if (event.key === "Escape") this.view.focus();
    else return;
    event.preventDefault();
  }

  private openMenu(): void {
    this.number.setAttribute("aria-expanded", "true");
    const menu = new Menu({
      document: this.dom.ownerDocument,
      name: label(this.labels, "item_acts"),
      empty: "",
      anchor: () => anchorOf(this.number),
      picked: (id) => {
        menu.close();
        this.act(id as ItemAct);
      },
      closed: () => {
        this.number.removeAttribute("aria-expanded");
        this.view.focus();
      },
    });
    menu.show(itemActs(this.labels, this.view.editable));
    menu.takeFocus();
  }

  private act(act: ItemAct): void {
    const pos = this.getPos();
    if (pos === undefined) return;
    if (act === "copy_link") {
      const { ownerDocument: document } = this.dom;
      void copyText(document, addressOfItem(document.location.href, this.node)).then((copied) => this.context.notice(copied ? "item_link_copied" : "item_link_not_copied"));
      return;
    }
    if (!this.view.editable) return;
    if (act === "move_to") return this.context.moveItem(String(this.node.attrs["id"]));
    const tr = actOnItem(this.view.state, pos, act, this.context.newId);
    if (tr !== null) this.view.dispatch(tr.setMeta(FLUSH, true));
    if (act === "remove") this.context.notice("item_removed");
  }

  private open(field: string): void {
    const button = this.buttons.get(field);
    if (button === undefined || !this.view.editable) return;
    editField({
      button,
      field,
      kind: this.kind,
      value: this.fields[field] ?? "",
      labels: this.labels,
      changed: (value) => this.change(field, value),
      done: () => this.view.focus(),
    });
  }

  private change(field: string, value: string | null): void {
    const pos = this.getPos();
    if (pos === undefined || (this.fields[field] ?? null) === value) return;
    const fields = { ...this.fields };
    if (value === null) delete fields[field];
    else fields[field] = value;
    this.view.dispatch(this.view.state.tr.setNodeMarkup(pos, null, { ...this.node.attrs, fields }));
  }

  /** What happens in the header is the header's, except a press on its blank parts, which selects the item. */
  stopEvent(event: Event): boolean {
    const target = event.target as Element | null;
    return target !== null && this.isOurs(target) && target.closest("button") !== null;
  }

  private isOurs(node: globalThis.Node): boolean {
    return this.header.contains(node) || this.outcomes?.contains(node) === true;
  }

  destroy(): void {
    this.timer?.stop();
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type !== "selection" && (this.isOurs(mutation.target) || (mutation.type === "attributes" && mutation.target === this.dom));
  }
}

/** From the text of an item to the first of its buttons. */
export const toItemButtons: Command = (state, dispatch, view) => {
  const depth = itemDepth(state.selection.$from);
  if (depth === null || view === undefined) return false;
  const dom = view.nodeDOM(state.selection.$from.before(depth));
  const button = dom instanceof HTMLElement ? dom.querySelector("button") : null;
  if (dispatch !== undefined) button?.focus();
  return button !== null;
};
