// How an image is drawn: its place kept before it arrives, a handle that makes it wider or narrower, a button for the
// words that stand for it, and its caption. A width being dragged becomes one step when it is let go.
import type { Node } from "prosemirror-model";
import { NodeSelection } from "prosemirror-state";
import type { EditorView, NodeView, ViewMutationRecord } from "prosemirror-view";
import { MIN_WIDTH_PCT, WIDTH_STEP_PCT, nearestWidth } from "./image_bounds";
import { setImageWidth } from "./image_commands";
import { openAltForm } from "./image_dialog";
import type { ImageStore } from "./image_store";
import { label, type Labels } from "./labels";

export class ImageView implements NodeView {
  readonly dom: HTMLElement;
  readonly contentDOM: HTMLElement;
  private readonly box: HTMLElement;
  private readonly img: HTMLImageElement;
  private readonly grip: HTMLElement;
  private readonly alt: HTMLButtonElement;
  private readonly missing: HTMLElement;
  private readonly listeners = new AbortController();

  constructor(
    private node: Node,
    private readonly view: EditorView,
    private readonly getPos: () => number | undefined,
    private readonly labels: Labels,
    private readonly images: ImageStore,
  ) {
    const { ownerDocument: document } = view.dom;
    this.dom = document.createElement("figure");
    this.dom.className = "image";
    this.box = document.createElement("div");
    this.box.className = "image-box";
    this.box.contentEditable = "false";
    this.img = document.createElement("img");
    this.img.draggable = false;
    this.img.decoding = "async";
    this.missing = document.createElement("p");
    this.missing.className = "image-missing";
    this.missing.lang = document.documentElement.lang;
    this.missing.hidden = true;
    this.alt = document.createElement("button");
    this.alt.type = "button";
    this.alt.className = "image-alt";
    this.alt.textContent = label(labels, "image_alt");
    this.grip = document.createElement("div");
    this.grip.className = "image-grip";
    this.grip.tabIndex = 0;
    this.grip.setAttribute("role", "slider");
    this.grip.setAttribute("aria-label", label(labels, "image_width"));
    this.grip.setAttribute("aria-valuemin", String(MIN_WIDTH_PCT));
    this.grip.setAttribute("aria-valuemax", "100");
    this.box.append(this.img, this.missing, this.alt, this.grip);
    this.contentDOM = document.createElement("figcaption");
    this.contentDOM.dataset["placeholder"] = label(labels, "placeholder_caption");
    this.dom.append(this.box, this.contentDOM);
    this.listen();
    this.draw();
  }

  private listen(): void {
    const { signal } = this.listeners;
    this.img.addEventListener("error", () => this.show(false), { signal });
    this.img.addEventListener("load", () => this.show(true), { signal });
    // One that could not be fetched without a connection is fetched with it.
    this.dom.ownerDocument.defaultView?.addEventListener("online", () => !this.missing.hidden && this.fetch(), { signal });
    this.box.addEventListener("mousedown", (event) => this.pressed(event), { signal });
    this.box.addEventListener("dblclick", () => this.askAlt(), { signal });
    this.alt.addEventListener("click", () => this.askAlt(), { signal });
    this.grip.addEventListener("pointerdown", (event) => this.takeGrip(event), { signal });
    this.grip.addEventListener("keydown", (event) => this.gripKey(event), { signal });
  }

  private fetch(): void {
    this.img.src = this.images.address(String(this.node.attrs["image"]));
  }

  private show(isThere: boolean): void {
    this.missing.hidden = isThere;
    this.img.hidden = !isThere;
    this.dom.classList.toggle("is-missing", !isThere);
  }

  private draw(): void {
    const { image, alt, width_pct, width_px, height_px, indent, quote } = this.node.attrs as Record<string, unknown>;
    this.dom.classList.toggle("quote", quote === true);
    this.dom.dataset["indent"] = String(indent);
    this.img.width = Number(width_px);
    this.img.height = Number(height_px);
    this.img.alt = String(alt);
    this.missing.textContent = [String(alt), label(this.labels, "image_missing")].filter((line) => line !== "").join("\n");
    if (!this.img.src.endsWith(this.images.address(String(image)))) this.fetch();
    this.alt.classList.toggle("is-set", alt !== "");
    this.contentDOM.classList.toggle("is-empty", this.node.content.size === 0);
    this.showWidth(Number(width_pct));
  }

  private showWidth(width: number): void {
    this.dom.dataset["width"] = String(width);
    this.grip.setAttribute("aria-valuenow", String(width));
    this.grip.setAttribute("aria-valuetext", `${width}%`);
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type || node.attrs["image"] !== this.node.attrs["image"]) return false;
    this.node = node;
    this.draw();
    return true;
  }

  /** A press on the image selects it; it is then moved, copied and deleted as one. */
  private pressed(event: MouseEvent): void {
    if (event.target === this.grip || event.target === this.alt) {
      event.preventDefault();
      return;
    }
    const pos = this.getPos();
    if (pos === undefined || event.button !== 0) return;
    event.preventDefault();
    this.view.focus();
    this.view.dispatch(this.view.state.tr.setSelection(NodeSelection.create(this.view.state.doc, pos)));
  }

  private askAlt(): void {
    if (this.view.editable && !this.view.composing) openAltForm(this.view, this.alt, this.getPos, this.labels);
  }

  private setWidth(width: number): void {
    const pos = this.getPos();
    if (pos === undefined || !this.view.editable || width === this.node.attrs["width_pct"]) this.showWidth(Number(this.node.attrs["width_pct"]));
    else this.view.dispatch(setImageWidth(this.view.state.tr, pos, width));
  }

  private gripKey(event: KeyboardEvent): void {
    const width = Number(this.node.attrs["width_pct"]);
    const wanted: Record<string, number> = { ArrowLeft: width - WIDTH_STEP_PCT, ArrowDown: width - WIDTH_STEP_PCT, ArrowRight: width + WIDTH_STEP_PCT, ArrowUp: width + WIDTH_STEP_PCT, Home: MIN_WIDTH_PCT, End: 100 };
    if (event.key === "Escape") this.view.focus();
    const next = wanted[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.setWidth(nearestWidth(next));
  }

  private takeGrip(event: PointerEvent): void {
    if (event.button !== 0 || !this.view.editable) return;
    event.preventDefault();
    event.stopPropagation();
    const page = this.dom.parentElement!.getBoundingClientRect().width;
    const first = this.box.getBoundingClientRect().width;
    const startX = event.clientX;
    const drag = new AbortController();
    const window = this.dom.ownerDocument.defaultView!;
    // It stands in the middle and grows to both sides.
    const widthAt = (x: number): number => nearestWidth(((first + 2 * (x - startX)) / page) * 100 + WIDTH_STEP_PCT / 2);
    const { signal } = drag;
    this.dom.classList.add("is-resized");
    const done = (width: number): void => {
      drag.abort();
      this.dom.classList.remove("is-resized");
      this.setWidth(width);
    };
    window.addEventListener("pointermove", (move) => this.showWidth(widthAt(move.clientX)), { signal });
    window.addEventListener("pointerup", (up) => done(Math.abs(up.clientX - startX) < 2 ? Number(this.node.attrs["width_pct"]) : widthAt(up.clientX)), { signal });
    window.addEventListener("pointercancel", () => done(Number(this.node.attrs["width_pct"])), { signal });
  }

  stopEvent(event: Event): boolean {
    return event.target instanceof globalThis.Node && this.box.contains(event.target) && !/^(drag|drop)/.test(event.type);
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    if (mutation.type === "selection") return false;
    return !this.contentDOM.contains(mutation.target) || (mutation.type === "attributes" && mutation.target === this.contentDOM);
  }

  destroy(): void {
    this.listeners.abort();
  }
}
