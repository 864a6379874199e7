// How a table is drawn: a frame it scrolls in, a button with what can be done with it, and edges of columns that can be
// dragged. The view keeps nothing of its own; a width being dragged becomes one step when it is let go.
import { closeHistory } from "prosemirror-history";
import type { Node } from "prosemirror-model";
import { NodeSelection, TextSelection, type Command, type EditorState } from "prosemirror-state";
import { Decoration, type EditorView, type NodeView, type ViewMutationRecord } from "prosemirror-view";
import { FLUSH } from "./commands";
import { icon } from "./icons";
import { label, type Labels } from "./labels";
import { Menu } from "./menu";
import { anchorOf } from "./popup";
import { cellAt, MAX_COLUMN_WIDTH, MIN_COLUMN_WIDTH, setColumnWidth } from "./table_commands";
import { actOnTable, tableActs, type TableAct } from "./table_menu";

/** This near to the edge of a column the mouse takes hold of it. */
const EDGE_PX = 5;

export class TableView implements NodeView {
  readonly dom: HTMLElement;
  readonly contentDOM: HTMLElement;
  private readonly button: HTMLButtonElement;
  private readonly listeners = new AbortController();

  constructor(
    private node: Node,
    private readonly view: EditorView,
    private readonly getPos: () => number | undefined,
    private readonly labels: Labels,
    private readonly newId: () => string,
  ) {
    const { ownerDocument: document } = view.dom;
    this.dom = document.createElement("div");
    this.dom.className = "table-frame";
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "table-acts";
    this.button.contentEditable = "false";
    this.button.append(icon(document, "chevron"));
    this.button.setAttribute("aria-label", label(labels, "table_acts"));
    this.button.setAttribute("aria-haspopup", "listbox");
    // The press leaves the caret where it is: it says which row and column are meant.
    this.button.addEventListener("mousedown", (event) => event.preventDefault());
    this.button.addEventListener("click", () => this.openMenu());
    const scroll = document.createElement("div");
    scroll.className = "table-track";
    this.contentDOM = document.createElement("table");
    this.contentDOM.className = "doc-table";
    scroll.append(this.contentDOM);
    this.dom.append(this.button, scroll);
    const { signal } = this.listeners;
    scroll.addEventListener("pointermove", (event) => this.showEdge(event), { signal });
    scroll.addEventListener("pointerdown", (event) => this.takeEdge(event), { signal });
    this.draw();
  }

  private draw(): void {
    this.contentDOM.dataset["table"] = String(this.node.attrs["id"]);
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type || node.attrs["id"] !== this.node.attrs["id"]) return false;
    this.node = node;
    return true;
  }

  private openMenu(): void {
    const pos = this.getPos();
    if (pos === undefined || !this.view.editable) return;
    this.intoTable(pos);
    this.button.setAttribute("aria-expanded", "true");
    const menu = new Menu({
      document: this.dom.ownerDocument,
      name: label(this.labels, "table_acts"),
      empty: "",
      anchor: () => anchorOf(this.button),
      picked: (id) => {
        menu.close();
        actOnTable(id as TableAct, this.newId)(this.view.state, (tr) => this.view.dispatch(tr.setMeta(FLUSH, true)), this.view);
      },
      closed: () => {
        this.button.removeAttribute("aria-expanded");
        this.view.focus();
      },
    });
    menu.show(tableActs(this.labels));
    menu.takeFocus();
  }

  /** With the caret elsewhere, the first cell is meant. */
  private intoTable(pos: number): void {
    const { state } = this.view;
    if (cellAt(state.selection.$head)?.tablePos === pos) return;
    this.view.dispatch(state.tr.setSelection(TextSelection.near(state.doc.resolve(pos + 1), 1)));
  }

  /** The column whose right edge is under the mouse. */
  private edgeAt(event: PointerEvent): { column: number; cell: HTMLElement } | null {
    const cell = (event.target as Element).closest<HTMLElement>("td, th");
    if (cell === null || !this.view.editable || event.pointerType === "touch") return null;
    const index = Array.prototype.indexOf.call(cell.parentElement?.children ?? [], cell);
    const box = cell.getBoundingClientRect();
    if (box.right - event.clientX <= EDGE_PX) return { column: index, cell };
    const before = cell.previousElementSibling;
    return event.clientX - box.left <= EDGE_PX && before !== null ? { column: index - 1, cell: before as HTMLElement } : null;
  }

  private showEdge(event: PointerEvent): void {
    const isEdge = event.buttons === 0 && this.edgeAt(event) !== null;
    if (this.dom.classList.contains("is-edge") !== isEdge) this.dom.classList.toggle("is-edge", isEdge);
  }

  private takeEdge(event: PointerEvent): void {
    const edge = event.button === 0 ? this.edgeAt(event) : null;
    if (edge === null) return;
    event.preventDefault();
    event.stopPropagation();
    const first = edge.cell.getBoundingClientRect().width;
    const startX = event.clientX;
    const drag = new AbortController();
    const window = this.dom.ownerDocument.defaultView!;
    const widthAt = (x: number): number => Math.max(MIN_COLUMN_WIDTH, Math.min(MAX_COLUMN_WIDTH, Math.round(first + x - startX)));
    const done = (width: number | null): void => {
      drag.abort();
      const pos = this.getPos();
      if (pos === undefined) return;
      const shown = this.node.child(0).maybeChild(edge.column)?.attrs["width"] as number | null | undefined;
      if (width === null || width === shown || shown === undefined) this.showWidth(edge.column, shown ?? null);
      else this.view.dispatch(closeHistory(setColumnWidth(this.view.state.tr, pos, edge.column, width)).setMeta(FLUSH, true));
    };
    const { signal } = drag;
    window.addEventListener("pointermove", (move) => this.showWidth(edge.column, widthAt(move.clientX)), { signal });
    window.addEventListener("pointerup", (up) => done(Math.abs(up.clientX - startX) < 2 ? null : widthAt(up.clientX)), { signal });
    window.addEventListener("pointercancel", () => done(null), { signal });
  }

  /** Shown while it is dragged; the document says it when it is let go. */
  private showWidth(column: number, width: number | null): void {
    const col = this.contentDOM.querySelectorAll("col")[column];
    if (width === null) col?.removeAttribute("width");
    else col?.setAttribute("width", String(width));
  }

  stopEvent(event: Event): boolean {
    const target = event.target as Element | null;
    return target !== null && this.button.contains(target);
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    if (mutation.type === "selection") return false;
    return !this.contentDOM.contains(mutation.target) || (mutation.type === "attributes" && mutation.target.nodeName === "COL");
  }

  destroy(): void {
    this.listeners.abort();
  }
}

/** Classes that depend on the whole: cells that name their columns, and the table the caret is in. */
export function tableMarks(state: EditorState): Decoration[] {
  const marks: Decoration[] = [];
  state.doc.forEach((section, at) => {
    if (section.type.name !== "section") return;
    section.forEach((table, offset) => {
      if (table.type.name !== "table" || table.attrs["header"] !== true || table.childCount < 2) return;
      let pos = at + 1 + offset + 1 + table.child(0).nodeSize + 1;
      table.child(1).forEach((cell) => {
        marks.push(Decoration.node(pos, pos + cell.nodeSize, { class: "is-header", role: "columnheader" }));
        pos += cell.nodeSize;
      });
    });
  });
  const place = cellAt(state.selection.$head);
  if (place !== null) marks.push(Decoration.node(place.tablePos, place.tablePos + place.table.nodeSize, { class: "has-caret" }));
  return marks;
}

/** From a cell, or a selected table, to the button with what can be done with it. */
export const toTableButton: Command = (state, dispatch, view) => {
  const { selection } = state;
  const isSelected = selection instanceof NodeSelection && selection.node.type.name === "table";
  const pos = isSelected ? selection.from : cellAt(selection.$head)?.tablePos;
  if (pos === undefined || view === undefined) return false;
  const dom = view.nodeDOM(pos);
  const button = dom instanceof HTMLElement ? dom.querySelector("button") : null;
  if (dispatch !== undefined) button?.click();
  return button !== null;
};
