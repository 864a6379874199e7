// What is drawn on words of a line because of what they say: looked for again in the lines that change, so that a key
// costs one line; while an input method composes nothing is drawn around its text.
import type { Node } from "prosemirror-model";
import { Plugin, type EditorState, type EditorStateConfig, type PluginKey, type PluginView, type Transaction } from "prosemirror-state";
import { AddMarkStep, RemoveMarkStep } from "prosemirror-transform";
import { type Decoration, DecorationSet, type EditorProps, type EditorView } from "prosemirror-view";
import { COMPOSITION_TOLD_MS } from "./composition";
import { readCaret } from "./dom_reader";
import { blockAt } from "./selection";

/** The first look at a whole document waits until it can be written in. */
const FIRST_LOOK_MS = 400;

/** What is to be looked at again. */
type Look = "document" | "line";

export interface LineHints {
  key: PluginKey<DecorationSet>;
  /** What is drawn on this line, which begins at `pos`. */
  inLine(line: Node, pos: number): Decoration[];
  composing(): boolean;
  /** The document is another one: what stood open beside a hint closes. */
  changed(view: EditorView): void;
  /** The editor goes. */
  gone(view: EditorView): void;
  props: Pick<EditorProps, "handleClick" | "handleDOMEvents" | "handleKeyDown">;
}

export function lineHints(hints: LineHints): Plugin<DecorationSet> {
  const { key } = hints;
  /** Looks at the document or at the caret's line, but not while somebody composes. */
  const look = (view: EditorView, at: Look): void => {
    if (view.isDestroyed) return;
    if (view.composing) {
      setTimeout(() => look(view, at), FIRST_LOOK_MS);
      return;
    }
    readCaret(view);
    view.dispatch(view.state.tr.setMeta(key, at).setMeta("addToHistory", false));
  };
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: (_config: EditorStateConfig) => DecorationSet.empty,
      apply(tr, set, _before, state) {
        const asked = tr.getMeta(key) as Look | undefined;
        if (asked === "document") return DecorationSet.create(tr.doc, allIn(tr.doc, hints));
        if (asked === "line") return lineAtCaret(set, state, hints);
        if (!tr.docChanged) return set;
        return hints.composing() ? set.map(tr.mapping, tr.doc) : after(tr, set, hints);
      },
    },
    view: (view) => viewOf(view, hints, look),
    props: {
      ...hints.props,
      decorations: (state) => key.getState(state),
      handleDOMEvents: {
        ...hints.props.handleDOMEvents,
        compositionend(view) {
          setTimeout(() => look(view, "line"), COMPOSITION_TOLD_MS);
          return false;
        },
      },
    },
  });
}

function viewOf(view: EditorView, hints: LineHints, look: (view: EditorView, at: Look) => void): PluginView {
  const timer = setTimeout(() => look(view, "document"), FIRST_LOOK_MS);
  return {
    update: (_view, before) => {
      if (before.doc !== view.state.doc) hints.changed(view);
    },
    destroy: () => {
      clearTimeout(timer);
      hints.gone(view);
    },
  };
}

/** Everything that is to be drawn on a document. */
export function allIn(doc: Node, { inLine }: Pick<LineHints, "inLine">): Decoration[] {
  const drawn: Decoration[] = [];
  doc.descendants((node, pos) => {
    if (!node.isTextblock) return true;
    drawn.push(...inLine(node, pos));
    return false;
  });
  return drawn;
}

/** The hints of a document that has changed: those of the lines that changed are looked for again. */
function after(tr: Transaction, before: DecorationSet, hints: LineHints): DecorationSet {
  let set = before.map(tr.mapping, tr.doc);
  const seen = new Set<number>();
  const again = (from: number, to: number): void => {
    tr.doc.nodesBetween(Math.max(0, from), Math.min(tr.doc.content.size, to), (node, pos) => {
      if (!node.isTextblock) return true;
      if (!seen.has(pos)) set = lookedAt(set, tr.doc, node, pos, hints);
      seen.add(pos);
      return false;
    });
  };
  tr.mapping.maps.forEach((map, index) => {
    const rest = tr.mapping.slice(index + 1);
    map.forEach((_from, _to, from, to) => again(rest.map(from, -1) - 1, rest.map(to, 1) + 1));
  });
  // A step of a mark maps nothing: what it touched is looked at by itself.
  tr.steps.forEach((step, index) => {
    if (!(step instanceof AddMarkStep || step instanceof RemoveMarkStep)) return;
    const rest = tr.mapping.slice(index);
    again(rest.map(step.from, -1), rest.map(step.to, 1));
  });
  return set;
}

function lookedAt(set: DecorationSet, doc: Node, line: Node, pos: number, { inLine }: LineHints): DecorationSet {
  const cleared = set.remove(set.find(pos, pos + line.nodeSize));
  const drawn = inLine(line, pos);
  return drawn.length === 0 ? cleared : cleared.add(doc, drawn);
}

function lineAtCaret(set: DecorationSet, state: EditorState, hints: LineHints): DecorationSet {
  const block = blockAt(state.selection.$head);
  return block === null ? set : lookedAt(set, state.doc, block.node, block.pos, hints);
}
