// What the words of the project mean (L5), shown where they stand: to the pointer that rests on one, to a press, and to
// the keyboard at the caret. Nothing of it is in the document.
import type { Node } from "prosemirror-model";
import { type EditorState, type Plugin, PluginKey } from "prosemirror-state";
import { Decoration, type DecorationSet, type EditorView } from "prosemirror-view";
import { type LineHints, lineHints } from "./line_hints";
import { Popup } from "./popup";
import { type FoundTerm, type Term, Terms } from "./terms";

const glossaryKey = new PluginKey<DecorationSet>("glossary");
/** How long the pointer rests on a word that is explained. */
const REST_MS = 250;

export interface GlossaryContext {
  terms: readonly Term[];
  composing(): boolean;
}

/** The explained words that are drawn now, in reading order. */
export function shownTerms(state: EditorState): FoundTerm[] {
  const found = glossaryKey.getState(state)?.find() ?? [];
  return found.map(({ from, to, spec }) => ({ from, to, term: (spec as { term: Term }).term })).sort((a, b) => a.from - b.from);
}

function inLine(terms: Terms, line: Node, pos: number): Decoration[] {
  if (line.type.spec.code === true) return [];
  return terms.in(line.textContent).map(({ from, to, term }) => Decoration.inline(pos + 1 + from, pos + 1 + to, { class: "term" }, { term }));
}

/** The meaning that is shown beside its word. */
class Note {
  private popup: Popup | null = null;
  private resting: ReturnType<typeof setTimeout> | undefined;

  /** The pointer came to a word, or to none. */
  pointed(view: EditorView, at: number | null): void {
    clearTimeout(this.resting);
    if (at === null) return this.close();
    this.resting = setTimeout(() => view.isDestroyed || this.show(view, at), REST_MS);
  }

  /** Shows what the word at this position means, if it is one that is explained. */
  show(view: EditorView, at: number): boolean {
    const found = shownTerms(view.state).find(({ from, to }) => at >= from && at <= to);
    if (found === undefined) return false;
    this.close();
    const { ownerDocument: document } = view.dom;
    const popup = new Popup(document, "editor-dialog term-note", () => view.coordsAtPos(Math.min(found.from, view.state.doc.content.size)), () => (this.popup = null));
    this.popup = popup;
    popup.element.setAttribute("role", "status");
    const [name, meaning] = [document.createElement("b"), document.createElement("p")];
    name.textContent = [found.term.word, found.term.also].filter((word) => word !== "").join(" · ");
    meaning.textContent = found.term.meaning;
    popup.element.append(name, meaning);
    popup.place();
    return true;
  }

  close(): void {
    clearTimeout(this.resting);
    this.popup?.close();
  }

  get isOpen(): boolean {
    return this.popup !== null;
  }
}

export function glossary({ terms, composing }: GlossaryContext): Plugin<DecorationSet> {
  const known = new Terms(terms);
  const note = new Note();
  const termAt = (event: Event): Element | null => (event.target as Element).closest?.(".term") ?? null;
  const hints: LineHints = {
    key: glossaryKey,
    composing,
    inLine: (line, pos) => inLine(known, line, pos),
    changed: () => note.close(),
    gone: () => note.close(),
    props: {
      handleClick: (view, pos) => {
        note.show(view, pos);
        return false;
      },
      handleDOMEvents: {
        mouseover: (view, event) => {
          const term = termAt(event);
          if (term !== null) note.pointed(view, view.posAtDOM(term, 0));
          return false;
        },
        mouseout: (view, event) => {
          if (termAt(event) !== null) note.pointed(view, null);
          return false;
        },
      },
      handleKeyDown: (view, event) => {
        if (event.key === "Escape" && note.isOpen) {
          note.close();
          return true;
        }
        return event.key === "F8" && event.shiftKey && note.show(view, view.state.selection.head);
      },
    },
  };
  return lineHints(hints);
}
