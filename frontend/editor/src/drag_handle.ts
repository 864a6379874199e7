// The handle beside whatever the mouse is over: dragged it moves the block, the item or (beside a heading) the whole
// part; pressed it selects it. A finger has the item's menu instead, and every move has a key.
import { NodeSelection, Plugin, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { FLUSH } from "./commands";
import { readCaret } from "./dom_reader";
import { icon } from "./icons";
import { label, type Labels } from "./labels";
import { moveTo } from "./moving";
import { isImage } from "./node_kinds";
import { floating } from "./popup";

/** How far left of what it moves the handle stands. */
const GAP_PX = 4;
/** A press that travels less is a press. */
const SLOP_PX = 4;
/** This near to the edge of the window the page scrolls along, by this much a frame. */
const EDGE_PX = 64;
const SCROLL_PX = 14;
/** The handle stays while the mouse goes to it: this far left of the text it still counts as beside it. */
const REACH_PX = 48;

export function dragHandle(labels: Labels): Plugin {
  return new Plugin({ view: (view) => new DragHandle(view, labels) });
}

interface Drag {
  /** What is dragged, as it stands in the page. */
  element: Element;
  startY: number;
  /** Where it would go, or null while it would stay. */
  target: number | null;
  isMoving: boolean;
  y: number;
}

class DragHandle {
  private readonly handle: HTMLElement;
  private readonly line: HTMLElement;
  /** Over what is dragged: a class on the text itself would be a change of the text to ProseMirror. */
  private readonly veil: HTMLElement;
  private readonly document: Document;
  private readonly window: Window;
  private readonly listeners = new AbortController();
  /** What the handle stands beside. */
  private beside: Element | null = null;
  private drag: Drag | null = null;
  private scrolling = 0;

  constructor(private readonly view: EditorView, labels: Labels) {
    this.document = view.dom.ownerDocument;
    this.window = this.document.defaultView!;
    this.handle = floating(this.document, "drag-handle");
    this.handle.title = label(labels, "drag_handle");
    // Its moves have keys; it would say nothing to who cannot see where it stands.
    this.handle.setAttribute("aria-hidden", "true");
    this.handle.append(icon(this.document, "grip"));
    this.line = floating(this.document, "drop-line");
    this.veil = floating(this.document, "drag-veil");
    for (const drawn of [this.line, this.veil]) drawn.setAttribute("aria-hidden", "true");
    this.handle.hidden = this.line.hidden = this.veil.hidden = true;
    this.listen();
  }

  private listen(): void {
    const { signal } = this.listeners;
    const hide = (): void => this.hide();
    this.document.addEventListener("pointermove", (event) => this.moved(event), { signal, passive: true });
    this.document.addEventListener("scroll", () => this.drag === null && this.hide(), { signal, capture: true, passive: true });
    this.view.dom.addEventListener("keydown", hide, { signal });
    this.document.addEventListener("keydown", (event) => this.key(event), { signal, capture: true });
    this.handle.addEventListener("pointerdown", (event) => this.pressed(event), { signal });
    this.handle.addEventListener("pointerup", () => this.released(), { signal });
    this.handle.addEventListener("pointercancel", () => this.end(), { signal });
    this.handle.addEventListener("lostpointercapture", () => this.end(), { signal });
  }

  private moved(event: PointerEvent): void {
    if (this.drag !== null) return this.dragged(event.clientY);
    if (event.pointerType !== "mouse" || event.buttons !== 0 || this.handle.contains(event.target as Node)) return;
    const found = this.view.editable && !this.view.composing ? this.elementAt(event.clientX, event.clientY) : null;
    if (found === null) this.hide();
    else if (found !== this.beside) this.show(found);
  }

  /** The block, item or heading of a part at a height, also with the mouse left of it. */
  private elementAt(x: number, y: number): Element | null {
    const paper = this.view.dom.getBoundingClientRect();
    if (x < paper.left - REACH_PX || x > paper.right) return null;
    const inside = Math.max(paper.left + 2, Math.min(x, paper.right - 2));
    return childOfPart(this.view.dom, this.document.elementFromPoint(inside, y));
  }

  private show(element: Element): void {
    this.beside = element;
    const { left, top } = element.getBoundingClientRect();
    const line = parseFloat(this.window.getComputedStyle(element).lineHeight) || 28;
    this.handle.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.handle;
    // Beside the first line; an item has its number there.
    const down = element.matches(".item") ? 10 : Math.max(0, (line - height) / 2);
    this.handle.style.left = `${Math.max(0, left - width - GAP_PX)}px`;
    this.handle.style.top = `${top + down}px`;
  }

  private hide(): void {
    if (this.drag !== null) return;
    this.beside = null;
    this.handle.hidden = true;
  }

  private pressed(event: PointerEvent): void {
    if (this.beside === null || event.button !== 0) return;
    event.preventDefault();
    this.handle.setPointerCapture(event.pointerId);
    this.drag = { element: moves(this.beside), startY: event.clientY, target: null, isMoving: false, y: event.clientY };
  }

  private dragged(y: number): void {
    const drag = this.drag!;
    drag.y = y;
    if (!drag.isMoving && Math.abs(y - drag.startY) < SLOP_PX) return;
    if (!drag.isMoving) {
      drag.isMoving = true;
      this.document.documentElement.classList.add("is-dragging");
      this.scroll();
    }
    this.aim(drag);
  }

  /** Finds the gap nearest to the mouse and draws it. */
  private aim(drag: Drag): void {
    this.cover(this.veil, drag.element.getBoundingClientRect());
    const gap = this.gapAt(drag);
    drag.target = gap?.pos ?? null;
    if (gap === null) this.line.hidden = true;
    else {
      const { left, width } = gap.beside.getBoundingClientRect();
      this.cover(this.line, { left, width, top: gap.y, height: 0 });
    }
  }

  private cover(drawn: HTMLElement, { left, width, top, height }: { left: number; width: number; top: number; height: number }): void {
    drawn.hidden = false;
    Object.assign(drawn.style, { left: `${left}px`, width: `${width}px`, top: `${top}px`, height: height === 0 ? "" : `${height}px` });
  }

  private gapAt(drag: Drag): { pos: number; y: number; beside: Element } | null {
    const paper = this.view.dom.getBoundingClientRect();
    const hit = this.document.elementFromPoint(paper.left + paper.width / 2, drag.y);
    const part = hit !== null && this.view.dom.contains(hit) ? hit.closest(".part") : null;
    if (part === null) return null;
    const beside = drag.element.matches(".part") ? part : (childOfPart(this.view.dom, hit) ?? nearestChild(part, drag.y));
    const { top, bottom } = beside.getBoundingClientRect();
    const after = drag.y > (top + bottom) / 2 || beside.matches(".part-heading");
    const pos = this.positionOf(beside);
    const node = pos === null ? null : this.view.state.doc.nodeAt(pos);
    if (pos === null || node === null) return null;
    const gap = { pos: after ? pos + node.nodeSize : pos, y: after ? bottom : top, beside };
    const own = this.positionOf(drag.element);
    return own !== null && moveTo(this.view.state, own, gap.pos) === null ? null : gap;
  }

  /** Where an element's node stands; null once it has been drawn anew. */
  private positionOf(element: Element): number | null {
    const { parentElement: parent } = element;
    if (parent === null || !this.view.dom.contains(element)) return null;
    const pos = this.view.posAtDOM(parent, [...parent.childNodes].indexOf(element));
    return this.view.nodeDOM(pos) === element ? pos : null;
  }

  /** Near an edge of the window the page goes along, also while the mouse rests there. */
  private scroll(): void {
    const { drag } = this;
    if (drag === null) return;
    const below = drag.y - (this.window.innerHeight - EDGE_PX);
    const above = EDGE_PX - drag.y;
    const by = below > 0 ? SCROLL_PX : above > 0 ? -SCROLL_PX : 0;
    if (by !== 0) {
      this.window.scrollBy({ top: by, behavior: "instant" });
      this.aim(drag);
    }
    this.scrolling = this.window.requestAnimationFrame(() => this.scroll());
  }

  private released(): void {
    const { drag } = this;
    this.end();
    const { view } = this;
    if (drag === null || view.isDestroyed || !view.editable || view.composing) return;
    readCaret(view);
    const pos = this.positionOf(drag.element);
    if (pos === null) return;
    if (!drag.isMoving) this.select(pos);
    else if (drag.target !== null) {
      const tr = moveTo(view.state, pos, drag.target);
      if (tr !== null) view.dispatch(tr.setMeta(FLUSH, true));
    }
  }

  private select(pos: number): void {
    const { state } = this.view;
    const node = state.doc.nodeAt(pos)!;
    const whole = NodeSelection.isSelectable(node) && (!node.isTextblock || isImage(node)) && node.type.name !== "section";
    const from = node.type.name === "section" ? pos + 2 : pos + 1;
    const to = node.type.name === "section" ? from + node.child(0).content.size : pos + node.nodeSize - 1;
    this.view.dispatch(state.tr.setSelection(whole ? NodeSelection.create(state.doc, pos) : TextSelection.create(state.doc, from, to)));
    this.view.focus();
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || this.drag === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.end();
  }

  private end(): void {
    const { drag } = this;
    if (drag === null) return;
    this.drag = null;
    this.window.cancelAnimationFrame(this.scrolling);
    this.document.documentElement.classList.remove("is-dragging");
    this.line.hidden = this.veil.hidden = true;
    this.hide();
  }

  /** What it stood beside may have gone with any change. */
  update(): void {
    if (this.beside !== null && this.drag === null && !this.view.dom.contains(this.beside)) this.hide();
  }

  destroy(): void {
    this.end();
    this.listeners.abort();
    this.handle.remove();
    this.line.remove();
    this.veil.remove();
  }
}

/** A heading moves its part. */
function moves(element: Element): Element {
  return element.matches(".part-heading") ? element.closest(".part")! : element;
}

/** Between two blocks and at the edges of a part there is nothing but the part. */
function nearestChild(part: Element, y: number): Element {
  const distance = (child: Element): number => {
    const { top, bottom } = child.getBoundingClientRect();
    return Math.max(top - y, y - bottom);
  };
  return [...part.children].reduce((nearest, child) => (distance(child) < distance(nearest) ? child : nearest));
}

/** The child of a part that holds an element of the page. */
function childOfPart(paper: Element, element: Element | null): Element | null {
  if (element === null || !paper.contains(element)) return null;
  for (let at: Element | null = element; at !== null && at !== paper; at = at.parentElement) {
    if (at.parentElement?.matches(".part") === true) return at;
  }
  return null;
}
