// What the person just did, as edits: the document Rust has against the document on screen.
// Nodes that are the same object are not looked into; it never changes a document and never talks to Rust.
import type { Node } from "prosemirror-model";
import { newItem, newSection } from "./build";
import { offsetsOf, tokensOfInline, tokensOfNodes, tokensOfText, widthOf, type Token } from "./flatten";
import { tableEdits, tableMade } from "./local_table";
import type { TextPlace } from "./positions";
import { isCell, isEmbed, type EditorSchema } from "./schema";
import { textEdits } from "./text_edits";
import type { Edit, TextPosition, TextRef } from "./tree";

export interface LocalContext {
  /** Where the caret stands in the new document: which of several equal explanations was meant. */
  caret: TextPosition | null;
  /** A Text that is being composed: nothing is said about it until it ends. */
  skip: TextRef | null;
  /** The last known node of an item, table or section (the table of a row or column) removed before, to bring back under its own id. */
  removed: (id: string) => Node | null;
  /** Unix milliseconds: when what is taken out now was taken out. */
  nowMs: number;
}

/** Edits in an order Rust can apply: things made first, then text, then things taken away. */
export function localEdits(before: Node, after: Node, context: LocalContext): Edit[] {
  return before === after ? [] : new LocalDiff(context).document(before, after);
}

/** Edits of one Text whose node was `before`. */
export function oneTextEdits(place: TextPlace, before: Node, caret: TextPosition | null): Edit[] {
  return new LocalDiff({ caret, skip: null, removed: () => null, nowMs: Date.now() }).text(place, before);
}

class LocalDiff {
  private readonly made: Edit[] = [];
  private readonly changed: Edit[] = [];
  private readonly gone: Edit[] = [];
  private readonly oldItems = new Map<string, Node>();
  private readonly newItems = new Map<string, Node>();

  constructor(private readonly context: LocalContext) {}

  document(before: Node, after: Node): Edit[] {
    this.plain("title", before.child(0), after.child(0));
    const oldSections = sectionsOf(before);
    const newSections = sectionsOf(after);
    for (const [id, section] of newSections) {
      const was = oldSections.get(id);
      if (was === undefined) this.newSection(id, section);
      else if (was !== section) this.section(id, was, section);
    }
    for (const [id, section] of oldSections) {
      if (newSections.has(id)) continue;
      this.gone.push({ op: "section_remove", id });
      collectItems(section, 0, section.childCount, this.oldItems);
    }
    this.items();
    return [...this.made, ...this.changed, ...this.gone];
  }

  text(place: TextPlace, before: Node): Edit[] {
    if (isCell(place.node)) this.words(place.ref, tokensOfInline(before), tokensOfInline(place.node));
    else if (place.plain) this.plain(place.ref, before, place.node);
    else this.rich(place.ref, before, place.node, place.firstChild);
    return this.changed;
  }

  private newSection(id: string, section: Node): void {
    const restored = this.context.removed(id);
    if (restored !== null) {
      this.made.push({ op: "section_restore", id });
      this.section(id, restored, section);
      // Its items went with it and are not in what is compared: all of them come back.
      collectItems(section, 0, section.childCount, this.newItems);
      return;
    }
    const head = { id, role: (section.attrs["role"] as string | null) ?? null, order: String(section.attrs["order"]) };
    this.made.push({ op: "section_new", ...head });
    this.section(id, newSection(section.type.schema as EditorSchema, head), section);
  }

  private section(id: string, before: Node, after: Node): void {
    if (before.attrs["order"] !== after.attrs["order"]) {
      this.changed.push({ op: "section_set", id, order: String(after.attrs["order"]) });
    }
    this.plain(`s/${id}/heading`, before.child(0), after.child(0));
    this.rich(`s/${id}/body`, before, after, 1);
  }

  private items(): void {
    for (const [id, item] of this.newItems) {
      const was = this.oldItems.get(id);
      if (was === item) continue;
      if (item.type.name === "table") {
        this.table(id, was, item);
        continue;
      }
      if (was !== undefined) {
        this.item(id, was, item);
        continue;
      }
      const restored = this.context.removed(id);
      if (restored !== null) {
        this.made.push({ op: "item_restore", id });
        this.item(id, restored, item);
      } else {
        const fields = { ...(item.attrs["fields"] as Record<string, string>) };
        this.made.push({ op: "item_new", id, kind: String(item.attrs["kind"]), fields });
        this.item(id, newItem(item.type.schema as EditorSchema, id, String(item.attrs["kind"]), fields), item);
      }
    }
    for (const id of this.oldItems.keys()) {
      if (this.newItems.has(id)) continue;
      const isTable = this.oldItems.get(id)!.type.name === "table";
      this.gone.push(isTable ? { op: "table_remove", id } : { op: "item_remove", id, at_ms: this.context.nowMs });
    }
  }

  private table(id: string, was: Node | undefined, is: Node): void {
    const removed = was === undefined ? this.context.removed(id) : null;
    let before = was ?? removed;
    if (removed !== null) this.made.push({ op: "table_restore", id });
    if (before === null) {
      const { edit, empty } = tableMade(is);
      this.made.push(edit);
      before = empty;
    }
    const words = (ref: TextRef, before: readonly Token[], after: readonly Token[]): void => this.words(ref, before, after);
    tableEdits(before, is, { made: this.made, changed: this.changed, gone: this.gone, removed: this.context.removed, words });
  }

  private words(ref: TextRef, before: readonly Token[], after: readonly Token[]): void {
    if (this.context.skip === ref) return;
    this.changed.push(...textEdits(ref, 0, before, after, this.caretIndex(ref, 0, offsetsOf(after))));
  }

  private item(id: string, before: Node, after: Node): void {
    const was = before.attrs["fields"] as Record<string, string>;
    const is = after.attrs["fields"] as Record<string, string>;
    for (const field of new Set([...Object.keys(was), ...Object.keys(is)])) {
      if (was[field] !== is[field]) this.changed.push({ op: "item_set", id, field, value: is[field] ?? null });
    }
    this.plain(`i/${id}/title`, before.child(0), after.child(0));
    this.rich(`i/${id}/body`, before.child(1), after.child(1), 0);
    this.rich(`i/${id}/criteria`, before.child(2), after.child(2), 0);
  }

  private plain(ref: TextRef, before: Node, after: Node): void {
    if (before === after || this.context.skip === ref) return;
    const was = before.textContent;
    const is = after.textContent;
    if (was === is) return;
    const tokens = tokensOfText(is);
    this.changed.push(...textEdits(ref, 0, tokensOfText(was), tokens, this.caretIndex(ref, 0, offsetsOf(tokens))));
  }

  /** Only the children between the first and the last that differ are looked at. */
  private rich(ref: TextRef, before: Node, after: Node, firstChild: number): void {
    if (before === after) return;
    let start = firstChild;
    let oldEnd = before.childCount;
    let newEnd = after.childCount;
    let base = 0;
    let previous: Node | null = null;
    while (start < oldEnd && start < newEnd && before.child(start) === after.child(start)) {
      const node = after.child(start);
      base += widthOf(node, previous);
      previous = node;
      start++;
    }
    while (oldEnd > start && newEnd > start && before.child(oldEnd - 1) === after.child(newEnd - 1)) {
      oldEnd--;
      newEnd--;
    }
    if (oldEnd === newEnd && newEnd - start > 1 && onlyTextsDiffer(before, after, start, newEnd)) {
      this.textByText(ref, before, after, start, newEnd, base);
      return;
    }
    // The first block of the equal rest may count differently behind another neighbour.
    if (oldEnd < before.childCount) {
      oldEnd++;
      newEnd++;
    }
    const oldNodes = childrenOf(before, start, oldEnd);
    const newNodes = childrenOf(after, start, newEnd);
    if (firstChild === 1) {
      collectItems(before, start, oldEnd, this.oldItems);
      collectItems(after, start, newEnd, this.newItems);
    }
    if (this.context.skip === ref) return;
    const was = tokensOfNodes(oldNodes, previous);
    const is = tokensOfNodes(newNodes, previous);
    this.changed.push(...textEdits(ref, base, was, is, this.caretIndex(ref, base, offsetsOf(is))));
  }

  /** Many blocks written into at once: each for itself, so that what stands between them stays as it is for everybody. */
  private textByText(ref: TextRef, before: Node, after: Node, start: number, end: number, base: number): void {
    if (before.type.name === "section") {
      collectItems(before, start, end, this.oldItems);
      collectItems(after, start, end, this.newItems);
    }
    if (this.context.skip === ref) return;
    let [oldBase, newBase] = [base, base];
    let previous = start > 0 && before.child(start - 1).type.name !== "part_heading" ? before.child(start - 1) : null;
    const edits: Edit[][] = [];
    for (let index = start; index < end; index++) {
      const [was, is] = [before.child(index), after.child(index)];
      if (was !== is && was.isTextblock) {
        const tokens = tokensOfNodes([is], previous);
        const caret = this.caretIndex(ref, newBase, offsetsOf(tokens));
        edits.push(textEdits(ref, oldBase, tokensOfNodes([was], previous), tokens, caret));
      }
      oldBase += widthOf(was, previous);
      newBase += widthOf(is, previous);
      previous = is;
    }
    // Last to first: each position holds in the text as it still is.
    this.changed.push(...edits.reverse().flat());
  }

  private caretIndex(ref: TextRef, base: number, offsets: readonly number[]): number | null {
    const caret = this.context.caret;
    if (caret === null || caret.text !== ref) return null;
    const index = offsets.indexOf(caret.at - base);
    return index < 0 ? null : index;
  }
}

function sectionsOf(doc: Node): Map<string, Node> {
  const sections = new Map<string, Node>();
  doc.forEach((node) => {
    if (node.type.name === "section") sections.set(String(node.attrs["id"]), node);
  });
  return sections;
}

export function childrenOf(node: Node, from: number, to: number): Node[] {
  const children: Node[] = [];
  for (let index = from; index < to; index++) children.push(node.child(index));
  return children;
}

function collectItems(parent: Node, from: number, to: number, into: Map<string, Node>): void {
  for (let index = from; index < to; index++) {
    const node = parent.child(index);
    if (isEmbed(node)) into.set(String(node.attrs["id"]), node);
  }
}

/** Whether two rows of blocks are the same blocks with other texts in them, and none of them has moved. */
function onlyTextsDiffer(before: Node, after: Node, start: number, end: number): boolean {
  const old = new Set(childrenOf(before, start, end));
  for (let index = start; index < end; index++) {
    const [was, is] = [before.child(index), after.child(index)];
    if (was !== is && (!was.sameMarkup(is) || old.has(is))) return false;
  }
  return true;
}
