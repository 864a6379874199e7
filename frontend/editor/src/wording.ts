// Hints under vague words (R4): drawn as one writes, with the reason and a way to say "this is fine here", which is a
// mark on the words, so that it stays, for everybody, and undo takes it back. A key costs one line looked at.
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, TextSelection, type Command, type EditorState, type Transaction } from "prosemirror-state";
import { AddMarkStep, RemoveMarkStep } from "prosemirror-transform";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { readCaret } from "./dom_reader";
import { COMPOSITION_TOLD_MS } from "./composition";
import { label, type Labels } from "./labels";
import { Popup } from "./popup";
import { isPlain, type EditorSchema } from "./schema";
import { blockAt } from "./selection";
import { vagueWords, type Reason } from "./vague_words";

const wordingKey = new PluginKey<DecorationSet>("wording");
/** The first look at a whole document waits until it can be written in. */
const FIRST_LOOK_MS = 400;

/** The reason that is open in an editor, if one is. */
const openReasons = new WeakMap<EditorView, Popup>();

/** What is to be looked at again. */
type Look = "document" | "line";

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

/** The hints of a document that has changed: those of the lines that changed are looked for again. */
function after(tr: Transaction, before: DecorationSet, labels: Labels): DecorationSet {
  let set = before.map(tr.mapping, tr.doc);
  const seen = new Set<number>();
  tr.mapping.maps.forEach((map, index) => {
    map.forEach((_from, _to, newFrom, newTo) => {
      const rest = tr.mapping.slice(index + 1);
      const [from, to] = [rest.map(newFrom, -1), rest.map(newTo, 1)];
      tr.doc.nodesBetween(Math.max(0, from - 1), Math.min(tr.doc.content.size, to + 1), (node, pos) => {
        if (!node.isTextblock) return true;
        if (!seen.has(pos)) set = lookedAt(set, tr.doc, node, pos, labels);
        seen.add(pos);
        return false;
      });
    });
  });
  return markedAgain(set, tr, seen, labels);
}

/** A step of a mark maps nothing: what it touched is looked at by itself. */
function markedAgain(before: DecorationSet, tr: Transaction, seen: Set<number>, labels: Labels): DecorationSet {
  let set = before;
  tr.steps.forEach((step, index) => {
    if (!(step instanceof AddMarkStep || step instanceof RemoveMarkStep)) return;
    const rest = tr.mapping.slice(index);
    tr.doc.nodesBetween(rest.map(step.from, -1), rest.map(step.to, 1), (node, pos) => {
      if (!node.isTextblock) return true;
      if (!seen.has(pos)) set = lookedAt(set, tr.doc, node, pos, labels);
      seen.add(pos);
      return false;
    });
  });
  return set;
}

function lookedAt(set: DecorationSet, doc: Node, block: Node, pos: number, labels: Labels): DecorationSet {
  const cleared = set.remove(set.find(pos, pos + block.nodeSize));
  const hints = isLookedAt(block) ? hintsIn(block, pos) : [];
  return hints.length === 0 ? cleared : cleared.add(doc, hints.map((hint) => draw(hint, labels)));
}

/** Every hint of a document. */
export function allHints(doc: Node): Hint[] {
  const hints: Hint[] = [];
  doc.descendants((node, pos) => {
    if (!node.isTextblock) return true;
    if (isLookedAt(node)) hints.push(...hintsIn(node, pos));
    return false;
  });
  return hints;
}

/** The hints that are drawn now. */
export function shownHints(state: EditorState): Hint[] {
  const set = wordingKey.getState(state) ?? DecorationSet.empty;
  return set.find().map(({ from, to, spec }) => ({ from, to, reason: (spec as { reason: Reason }).reason })).sort((a, b) => a.from - b.from);
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
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new Plugin<DecorationSet>({
    key: wordingKey,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, set, _before, state) {
        const asked = tr.getMeta(wordingKey) as Look | undefined;
        if (asked === "document") return DecorationSet.create(tr.doc, allHints(tr.doc).map((hint) => draw(hint, labels)));
        if (asked === "line") return lineAtCaret(set, state, labels);
        if (!tr.docChanged) return set;
        return composing() ? set.map(tr.mapping, tr.doc) : after(tr, set, labels);
      },
    },
    view: (view) => {
      timer = setTimeout(() => look(view, "document"), FIRST_LOOK_MS);
      return {
        update: (_view, before) => {
          if (before.doc !== view.state.doc) openReasons.get(view)?.close();
        },
        destroy: () => {
          clearTimeout(timer);
          const open = openReasons.get(view);
          openReasons.delete(view);
          open?.close();
        },
      };
    },
    props: {
      decorations: (state) => wordingKey.getState(state),
      handleDOMEvents: {
        compositionend(view) {
          setTimeout(() => look(view, "line"), COMPOSITION_TOLD_MS);
          return false;
        },
      },
      handleClick(view, pos, event) {
        const hint = shownHints(view.state).find(({ from, to }) => pos >= from && pos <= to);
        if (hint !== undefined && view.editable && !event.ctrlKey && !event.metaKey) explain(view, hint, labels, "pointer");
        return false;
      },
    },
  });
}

function lineAtCaret(set: DecorationSet, state: EditorState, labels: Labels): DecorationSet {
  const block = blockAt(state.selection.$head);
  return block === null ? set : lookedAt(set, state.doc, block.node, block.pos, labels);
}

/** Looks at the document or at the caret's line, but not while somebody composes. */
function look(view: EditorView, what: Look): void {
  if (view.isDestroyed) return;
  if (view.composing) {
    setTimeout(() => look(view, what), FIRST_LOOK_MS);
    return;
  }
  readCaret(view);
  view.dispatch(view.state.tr.setMeta(wordingKey, what).setMeta("addToHistory", false));
}
