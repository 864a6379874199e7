// Hints under vague words (R4): drawn as one writes, with the reason and a way to say "this is fine here", which is a
// mark on the words, so that it stays, for everybody, and undo takes it back. A key costs one line looked at.
import type { Node } from "prosemirror-model";
import { type Plugin, PluginKey, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { label, type Labels } from "./labels";
import { allIn, lineHints } from "./line_hints";
import { Popup } from "./popup";
import { isPlain, type EditorSchema } from "./schema";
import { vagueWords, type Reason } from "./vague_words";

const wordingKey = new PluginKey<DecorationSet>("wording");
/** The reason that is open in an editor, if one is. */
const openReasons = new WeakMap<EditorView, Popup>();

export interface Hint {
  from: number;
  to: number;
  reason: Reason;
}

/** Guidance, code and marked words are not looked at; titles and headings are names, not promises. */
function isLookedAt(node: Node): boolean {
  return node.isTextblock && !isPlain(node) && node.type.spec.code !== true && node.attrs["quote"] !== true;
}

function hintsIn(block: Node, pos: number): Hint[] {
  const text = block.textContent;
  if (text === "") return [];
  const hints = vagueWords(text).map(({ from, to, reason }) => ({ from: pos + 1 + from, to: pos + 1 + to, reason }));
  return hints.filter(({ from, to }) => !isSettled(block, from - pos - 1, to - pos - 1));
}

/** Whether any of these words is code, a link, or said to be fine. */
function isSettled(block: Node, from: number, to: number): boolean {
  let settled = false;
  block.nodesBetween(from, to, (node) => {
    settled ||= node.marks.some(({ type }) => type.name === "wording_ok" || type.name === "code" || type.name === "link");
    return !settled;
  });
  return settled;
}

function draw({ from, to, reason }: Hint, labels: Labels): Decoration {
  return Decoration.inline(from, to, { class: "vague", title: label(labels, `vague_${reason}`) }, { reason });
}

/** Every hint of a document. */
export function allHints(doc: Node): Hint[] {
  return hintsOf(allIn(doc, { inLine: (line, pos) => inLine(line, pos, {}) }));
}

function inLine(line: Node, pos: number, labels: Labels): Decoration[] {
  return isLookedAt(line) ? hintsIn(line, pos).map((hint) => draw(hint, labels)) : [];
}

function hintsOf(drawn: readonly Decoration[]): Hint[] {
  return drawn.map(({ from, to, spec }) => ({ from, to, reason: (spec as { reason: Reason }).reason }));
}

/** The hints that are drawn now. */
export function shownHints(state: EditorState): Hint[] {
  const set = wordingKey.getState(state) ?? DecorationSet.empty;
  return hintsOf(set.find()).sort((a, b) => a.from - b.from);
}

/** Says that these words are fine where they stand. */
export function keepWording(state: EditorState, { from, to }: Hint): Transaction {
  return state.tr.addMark(from, to, (state.schema as EditorSchema).marks.wording_ok.create());
}

/** To the next hint behind the caret, or the first; its reason opens. */
export function nextHint(labels: Labels): Command {
  return (state, dispatch, view) => {
    const hints = shownHints(state);
    const next = hints.find(({ from }) => from >= state.selection.to) ?? hints[0];
    if (next === undefined) return false;
    dispatch?.(state.tr.setSelection(TextSelection.create(state.doc, next.from, next.to)).scrollIntoView());
    if (view !== undefined) explain(view, next, labels, "keyboard");
    return true;
  };
}

/** The reason, and the way out of it. */
function explain(view: EditorView, hint: Hint, labels: Labels, by: "keyboard" | "pointer"): void {
  const { ownerDocument: document } = view.dom;
  openReasons.get(view)?.close();
  const popup = new Popup(document, "editor-dialog", () => view.coordsAtPos(Math.min(hint.from, view.state.doc.content.size)), () => {
    // An editor that goes has forgotten its reason, and takes no focus any more.
    if (openReasons.delete(view)) view.focus();
  });
  openReasons.set(view, popup);
  popup.element.setAttribute("role", "dialog");
  popup.element.setAttribute("aria-label", label(labels, "vague"));
  const reason = document.createElement("p");
  reason.textContent = label(labels, `vague_${hint.reason}`);
  const actions = document.createElement("div");
  actions.className = "editor-dialog-actions";
  const keep = document.createElement("button");
  keep.type = "button";
  keep.className = "btn";
  keep.textContent = label(labels, "vague_keep");
  keep.addEventListener("click", () => {
    // Others may have changed the line under the open reason.
    const still = shownHints(view.state).find(({ from, to }) => from === hint.from && to === hint.to);
    if (still !== undefined) view.dispatch(keepWording(view.state, still));
    popup.close();
  });
  actions.append(keep);
  popup.element.append(reason, actions);
  popup.element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") popup.close();
  });
  popup.place();
  if (by === "keyboard") keep.focus({ preventScroll: true });
}

export interface WordingContext {
  labels: Labels;
  /** While an input method composes, nothing may be drawn around its text. */
  composing(): boolean;
}

export function wordingHints({ labels, composing }: WordingContext): Plugin<DecorationSet> {
  return lineHints({
    key: wordingKey,
    composing,
    inLine: (line, pos) => inLine(line, pos, labels),
    changed: (view) => openReasons.get(view)?.close(),
    gone: (view) => {
      const open = openReasons.get(view);
      openReasons.delete(view);
      open?.close();
    },
    props: {
      handleClick(view, pos, event) {
        const hint = shownHints(view.state).find(({ from, to }) => pos >= from && pos <= to);
        if (hint !== undefined && view.editable && !event.ctrlKey && !event.metaKey) explain(view, hint, labels, "pointer");
        return false;
      },
    },
  });
}
