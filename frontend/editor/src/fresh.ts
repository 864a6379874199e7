// What others have just written or changed, shown for a moment: a background that fades, so that whoever looks up sees
// where the document moved. It is drawn over their text alone, never around a text that is being composed.
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, type EditorState, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { originOf } from "./binding";
import { readCaret } from "./dom_reader";

/** How long it shows; style/_presence.scss fades it in the same time. */
export const FRESH_MS = 3_000;
/** One arrival marks at most this much: after a week away everything is new, and nothing stands out. */
const MAX_MARKS_OF_AN_ARRIVAL = 200;
/** A composition may be longer than the moment: then it is looked at again. */
const LOOK_AGAIN_MS = 500;

interface Spec {
  until: number;
}

interface FreshAction {
  /** What is older than this is no longer shown. */
  now: number;
}

const freshKey = new PluginKey<DecorationSet>("fresh");

/** What is shown as just changed, from and to in the document. */
export function freshRanges(state: EditorState): { from: number; to: number }[] {
  return (freshKey.getState(state) ?? DecorationSet.empty).find().map(({ from, to }) => ({ from, to }));
}

/** Takes away what has been shown long enough by `now`. */
export function fade(tr: Transaction, now: number): Transaction {
  return tr.setMeta(freshKey, { now } satisfies FreshAction).setMeta("addToHistory", false);
}

export interface FreshContext {
  composing(): boolean;
}

export function fresh({ composing }: FreshContext, now: () => number = Date.now): Plugin<DecorationSet> {
  return new Plugin<DecorationSet>({
    key: freshKey,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, shown) {
        const mapped = tr.docChanged ? shown.map(tr.mapping, tr.doc) : shown;
        const action = tr.getMeta(freshKey) as FreshAction | undefined;
        if (action !== undefined) return mapped.remove(mapped.find(undefined, undefined, (spec: Spec) => spec.until <= action.now));
        if (!tr.docChanged || originOf(tr) !== "remote" || composing()) return mapped;
        return mapped.add(tr.doc, marksOf(tr, { until: now() + FRESH_MS }));
      },
    },
    props: { decorations: (state) => freshKey.getState(state) },
    view: (view) => new Fading(view, now),
  });
}

/** The steps of others, as they stand in the document they lead to. */
function marksOf(tr: Transaction, spec: Spec): Decoration[] {
  const marks: Decoration[] = [];
  tr.mapping.maps.forEach((map, index) => {
    const later = tr.mapping.slice(index + 1);
    map.forEach((_oldFrom, _oldTo, newFrom, newTo) => {
      const [from, to] = [later.map(newFrom, 1), later.map(newTo, -1)];
      if (from < to && marks.length < MAX_MARKS_OF_AN_ARRIVAL) marks.push(markOf(tr.doc, from, to, spec));
    });
  });
  return marks;
}

/** Another state, owner or date of an item changes nothing but its opening: then the item is what is fresh. */
function markOf(doc: Node, from: number, to: number, spec: Spec): Decoration {
  const node = to - from === 1 ? doc.nodeAt(from) : null;
  if (node !== null && node.type.name === "item") return Decoration.node(from, from + node.nodeSize, { class: "is-fresh" }, spec);
  return Decoration.inline(from, to, { class: "fresh" }, spec);
}

/** The next moment at which something has been shown long enough; null when nothing is shown. */
function nextEnd(state: EditorState): number | null {
  const shown = (freshKey.getState(state) ?? DecorationSet.empty).find();
  return shown.length === 0 ? null : Math.min(...shown.map(({ spec }) => (spec as Spec).until));
}

class Fading {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly view: EditorView, private readonly now: () => number) {}

  update(): void {
    if (this.timer === undefined) this.wait();
  }

  private wait(): void {
    const end = nextEnd(this.view.state);
    this.timer = end === null ? undefined : setTimeout(() => this.end(), Math.max(0, end - this.now()));
  }

  private end(): void {
    const { view } = this;
    this.timer = undefined;
    if (view.isDestroyed) return;
    if (view.composing) {
      this.timer = setTimeout(() => this.end(), LOOK_AGAIN_MS);
      return;
    }
    readCaret(view);
    view.dispatch(fade(view.state.tr, this.now()));
    if (this.timer === undefined) this.wait();
  }

  destroy(): void {
    clearTimeout(this.timer);
  }
}
