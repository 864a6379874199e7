// The document's length at the foot of the outline, and that of what is selected. It counts when the browser has
// nothing else to do, and a line again only when it has changed; a key costs it nothing.
import type { Node } from "prosemirror-model";
import { Plugin, type EditorState } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { filled, label, type Labels } from "./labels";
import { countText, NOTHING_COUNTED, sum, type Count } from "./word_count";

/** Typing that pauses this long has come to something worth counting. */
const PAUSE_MS = 400;
/** Counted at the latest after this, however busy the browser is. */
const LATEST_MS = 2_000;

/** What is told of a text, with the label of each. */
const COUNTED: Readonly<Record<keyof Count, string>> = { words: "count_words", characters: "count_characters", withoutSpaces: "count_without_spaces" };

const lines = new WeakMap<Node, Count>();

function countLine(line: Node): Count {
  let count = lines.get(line);
  if (count === undefined) {
    count = countText(line.textContent);
    lines.set(line, count);
  }
  return count;
}

/** Counts what stands between two positions. */
export function countBetween(doc: Node, from: number, to: number): Count {
  let count = NOTHING_COUNTED;
  doc.nodesBetween(from, to, (node, pos) => {
    if (!node.isTextblock) return true;
    const [start, end] = [Math.max(0, from - pos - 1), Math.min(node.content.size, to - pos - 1)];
    const whole = start === 0 && end === node.content.size;
    if (start <= end) count = sum(count, whole ? countLine(node) : countText(node.textBetween(start, end)));
    return false;
  });
  return count;
}

export function countShown(labels: Labels, lang: string): Plugin {
  return new Plugin({
    view: (view) => {
      const slot = view.dom.ownerDocument.querySelector<HTMLElement>("[data-editor-count]");
      return slot === null ? {} : new CountView(view, slot, labels, lang);
    },
  });
}

class CountView {
  private readonly summary: HTMLElement;
  private readonly table: HTMLElement;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private idle = 0;
  private told = "";
  /** Made with the first count: the first of its kind takes longer than drawing a page of text. */
  private numbers: Intl.NumberFormat | undefined;

  constructor(private readonly view: EditorView, private readonly slot: HTMLElement, private readonly labels: Labels, private readonly lang: string) {
    const { ownerDocument: document } = view.dom;
    const details = document.createElement("details");
    this.summary = document.createElement("summary");
    this.table = document.createElement("table");
    details.append(this.summary, this.table);
    slot.replaceChildren(details);
    this.soon();
  }

  update(_view: EditorView, before: EditorState): void {
    const { state } = this.view;
    if (before.doc !== state.doc || !before.selection.eq(state.selection)) this.soon();
  }

  private soon(): void {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.whenIdle(), PAUSE_MS);
  }

  private whenIdle(): void {
    const window = this.view.dom.ownerDocument.defaultView;
    // Safari has no idle time to ask for.
    if (window?.requestIdleCallback === undefined) return this.count();
    window.cancelIdleCallback(this.idle);
    this.idle = window.requestIdleCallback(() => this.count(), { timeout: LATEST_MS });
  }

  private count(): void {
    if (this.view.isDestroyed) return;
    const { doc, selection } = this.view.state;
    const all = countBetween(doc, 0, doc.content.size);
    const chosen = selection.empty ? null : countBetween(doc, selection.from, selection.to);
    this.draw(all, chosen);
  }

  private draw(all: Count, chosen: Count | null): void {
    const told = JSON.stringify([all, chosen]);
    if (told === this.told) return;
    this.told = told;
    const numbers = (this.numbers ??= new Intl.NumberFormat(this.lang));
    const n = (count: number): string => numbers.format(count);
    const text = (key: string): string => label(this.labels, key);
    this.summary.textContent = chosen === null ? filled(text("count_all"), { n: n(all.words) }) : filled(text("count_chosen"), { s: n(chosen.words), n: n(all.words) });
    const head = chosen === null ? [] : [this.row("th", ["", text("count_selection"), text("count_document")])];
    const rows = (Object.keys(COUNTED) as (keyof Count)[]).map((what) => this.row("td", [text(COUNTED[what]), ...(chosen === null ? [] : [n(chosen[what])]), n(all[what])]));
    this.table.replaceChildren(...head, ...rows);
  }

  private row(cell: "th" | "td", texts: readonly string[]): HTMLElement {
    const { ownerDocument: document } = this.view.dom;
    const row = document.createElement("tr");
    texts.forEach((text, index) => {
      const element = document.createElement(index === 0 && text !== "" ? "th" : text === "" ? "td" : cell);
      if (element instanceof HTMLTableCellElement && element.tagName === "TH") element.scope = index === 0 ? "row" : "col";
      element.textContent = text;
      row.append(element);
    });
    return row;
  }

  destroy(): void {
    clearTimeout(this.waiting);
    this.view.dom.ownerDocument.defaultView?.cancelIdleCallback?.(this.idle);
    this.slot.replaceChildren();
  }
}
