// How an item is drawn: a header with its number and fields (not part of the text), then its three texts.
// Changing a field is one attribute step on the item; the view keeps nothing of its own.
import type { Node } from "prosemirror-model";
import type { EditorView, NodeView, ViewMutationRecord } from "prosemirror-view";
import { editField } from "./field_editor";
import { choicesOf, FIELDS, label, type Labels } from "./labels";

export class ItemView implements NodeView {
  readonly dom: HTMLElement;
  readonly contentDOM: HTMLElement;
  private readonly header: HTMLElement;
  private readonly number: HTMLElement;
  private readonly buttons = new Map<string, HTMLButtonElement>();

  constructor(
    private node: Node,
    private readonly view: EditorView,
    private readonly getPos: () => number | undefined,
    private readonly labels: Labels,
  ) {
    const { ownerDocument: document } = view.dom;
    this.dom = document.createElement("section");
    this.dom.className = "item";
    this.dom.setAttribute("role", "group");
    this.header = document.createElement("header");
    this.header.className = "item-head";
    this.header.contentEditable = "false";
    this.number = document.createElement("span");
    const fields = document.createElement("div");
    fields.className = "fields";
    for (const field of FIELDS) fields.append(this.makeButton(document, field));
    this.header.append(this.number, fields);
    this.contentDOM = document.createElement("div");
    this.contentDOM.className = "item-text";
    this.dom.append(this.header, this.contentDOM);
    this.draw();
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type || node.attrs["id"] !== this.node.attrs["id"]) return false;
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
    const name = number ?? label(this.labels, "item_new");
    this.dom.setAttribute("aria-label", `${label(this.labels, `kind_${kind}`)} ${name}`);
    this.number.className = number === null ? "num is-new" : "num";
    this.number.textContent = name;
    for (const [field, button] of this.buttons) this.drawField(field, button, kind);
  }

  private drawField(field: string, button: HTMLButtonElement, kind: string): void {
    const value = this.fields[field] ?? "";
    const isWord = choicesOf(field, kind) !== null;
    const name = label(this.labels, `field_${field}`);
    const shown = isWord ? label(this.labels, `${field}_${value}`) : value;
    button.className = value === "" ? "field is-unset" : "field";
    button.dataset["value"] = value;
    button.textContent = value === "" ? name : shown;
    button.setAttribute("aria-label", value === "" ? name : `${name} ${shown}`);
    button.setAttribute("aria-haspopup", isWord ? "listbox" : "dialog");
  }

  private open(field: string): void {
    const button = this.buttons.get(field);
    if (button === undefined || !this.view.editable) return;
    editField({
      button,
      field,
      kind: String(this.node.attrs["kind"]),
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
    return target !== null && this.header.contains(target) && target.closest("button") !== null;
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type !== "selection" && (this.header.contains(mutation.target) || (mutation.type === "attributes" && mutation.target === this.dom));
  }
}
