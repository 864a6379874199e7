// How check boxes and the lines and bodies that can be empty are drawn: the box reacts, emptiness is a class.
// Nothing here changes text; the words shown in empty places are in data-placeholder.
import { DOMSerializer, type Node } from "prosemirror-model";
import type { EditorView, NodeView, ViewMutationRecord } from "prosemirror-view";
import { toggleCheckAt } from "./commands";
import { label, type Labels } from "./labels";

/** An entry of a list; of a check list with its box. */
export class ListView implements NodeView {
  readonly dom: HTMLElement;
  readonly contentDOM: HTMLElement;
  private readonly box: HTMLElement | null;

  constructor(
    private node: Node,
    private readonly view: EditorView,
    private readonly getPos: () => number | undefined,
    labels: Labels,
  ) {
    const { dom, contentDOM } = DOMSerializer.renderSpec(view.dom.ownerDocument, node.type.spec.toDOM!(node));
    this.dom = dom as HTMLElement;
    this.contentDOM = contentDOM!;
    this.box = this.dom.querySelector(".box");
    if (this.box === null) return;
    this.box.setAttribute("role", "checkbox");
    this.box.setAttribute("aria-label", label(labels, "check_box"));
    this.box.contentEditable = "false";
    this.box.addEventListener("mousedown", (event) => event.preventDefault());
    this.box.addEventListener("click", () => this.toggle());
    this.draw();
  }

  private draw(): void {
    const checked = String(this.node.attrs["checked"]);
    this.dom.dataset["checked"] = checked;
    this.box?.setAttribute("aria-checked", checked);
  }

  private toggle(): void {
    const pos = this.getPos();
    if (pos !== undefined && this.view.editable) this.view.dispatch(toggleCheckAt(this.view.state.tr, pos));
  }

  update(node: Node): boolean {
    const { attrs } = this.node;
    const same = node.type === this.node.type && node.attrs["list"] === attrs["list"] && node.attrs["indent"] === attrs["indent"] && node.attrs["quote"] === attrs["quote"];
    if (!same) return false;
    const redraw = this.box !== null && node.attrs["checked"] !== attrs["checked"];
    this.node = node;
    if (redraw) this.draw();
    return true;
  }

  stopEvent(event: Event): boolean {
    return this.box !== null && event.target === this.box;
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type !== "selection" && !this.contentDOM.contains(mutation.target);
  }
}

/** A line or body that shows its placeholder while it holds nothing. */
export class MaybeEmptyView implements NodeView {
  readonly dom: HTMLElement;
  readonly contentDOM: HTMLElement;

  constructor(private node: Node, document: Document) {
    const { dom, contentDOM } = DOMSerializer.renderSpec(document, node.type.spec.toDOM!(node));
    this.dom = dom as HTMLElement;
    this.contentDOM = contentDOM!;
    this.draw();
  }

  private draw(): void {
    const { node } = this;
    const only = node.isTextblock ? node : node.childCount === 1 ? node.child(0) : null;
    const empty = only !== null && only.isTextblock && only.content.size === 0;
    if (this.dom.classList.contains("is-empty") !== empty) this.dom.classList.toggle("is-empty", empty);
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.draw();
    return true;
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.type === "attributes" && mutation.target === this.dom;
  }
}
