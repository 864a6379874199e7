// Find and replace inside the editor: which matches are drawn, which of them is the current one, and what replacing
// does. The bar that asks for it is find_bar.ts; what matches is find_text.ts.
import { closeHistory } from "prosemirror-history";
import type { Node } from "prosemirror-model";
import { Plugin, PluginKey, type EditorState, type Transaction } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { MAX_PLAIN_LENGTH } from "./bounds";
import { FLUSH } from "./commands";
import { COMPOSITION_TOLD_MS } from "./composition";
import { readCaret } from "./dom_reader";
import { Search, type Found, type Match, type Query } from "./find_text";
import { isPlain } from "./schema";

/** Words put in place of one match; as long as what can be searched for. */
export const MAX_REPLACEMENT_LENGTH = 200;
/** One step of replacing stays well inside what one call of edits may hold (EDITS_PER_CALL_MAX in limits.rs). */
const MAX_EDITS_OF_A_STEP = 4_000;
/** The same for what is inserted (INSERTED_UNITS_PER_CALL_MAX). */
const MAX_INSERTED_OF_A_STEP = 150_000;

const findKey = new PluginKey<FindState>("find");

export interface FindState extends Found {
  /** Null while nothing is searched for. */
  search: Search | null;
  /** Where searching goes on from: the start of the current match, or where it was. */
  at: number;
  /** Index of the current match; -1 when it has been written over. */
  current: number;
  decorations: DecorationSet;
}

type FindAction =
  | { act: "search"; query: Query; from: number }
  | { act: "go"; to: number }
  | { act: "look" }
  | { act: "close" };

const NOTHING: FindState = { search: null, matches: [], more: false, at: 0, current: -1, decorations: DecorationSet.empty };

export function findState(state: EditorState): FindState {
  return findKey.getState(state) ?? NOTHING;
}

function draw(doc: Node, matches: readonly Match[], current: number): DecorationSet {
  return DecorationSet.create(doc, matches.map(({ from, to }, index) => Decoration.inline(from, to, { class: index === current ? "find-match is-current" : "find-match" })));
}

function shown(doc: Node, search: Search, at: number, found: Found, current: number): FindState {
  return { ...found, search, at: found.matches[current]?.from ?? at, current, decorations: draw(doc, found.matches, current) };
}

/** The first match from a place on; behind the last one the first of all. */
function firstFrom(matches: readonly Match[], at: number): number {
  const index = matches.findIndex(({ from }) => from >= at);
  return index < 0 && matches.length > 0 ? 0 : index;
}

function acted(was: FindState, action: FindAction, doc: Node): FindState {
  if (action.act === "close") return NOTHING;
  if (action.act === "search") {
    const { query } = action;
    if (query.text === "") return NOTHING;
    const same = was.search !== null && JSON.stringify(was.search.query) === JSON.stringify(query);
    const search = same ? was.search! : new Search(query);
    const found = search.in(doc);
    return shown(doc, search, action.from, found, firstFrom(found.matches, action.from));
  }
  if (was.search === null) return was;
  if (action.act === "look") return lookedAgain(was, was.search, was.at, doc);
  return shown(doc, was.search, was.at, was, action.to);
}

/** The matches of a document that has changed. The current one stays current as long as it is one. */
function lookedAgain(was: FindState, search: Search, at: number, doc: Node): FindState {
  const found = search.in(doc);
  // Where nothing was found the first that appears is the one that was looked for.
  if (was.matches.length === 0) return shown(doc, search, at, found, firstFrom(found.matches, at));
  const current = was.current < 0 ? -1 : found.matches.findIndex(({ from }) => from === at);
  return shown(doc, search, at, found, current);
}

/** What is drawn moves with the text and nothing is drawn anew: somebody composes in it. */
function moved(was: FindState, tr: Transaction): FindState {
  const matches = was.matches.map(({ from, to }) => ({ from: tr.mapping.map(from, 1), to: tr.mapping.map(to, -1) }));
  return { ...was, matches, at: tr.mapping.map(was.at, 1), decorations: was.decorations.map(tr.mapping, tr.doc) };
}

function ask(tr: Transaction, action: FindAction): Transaction {
  return tr.setMeta(findKey, action);
}

/** Tells the editor from outside of it: the caret in the page is read first, and nothing is drawn into a composition. */
function tell(view: EditorView, action: FindAction): void {
  if (view.isDestroyed || view.composing) return;
  readCaret(view);
  view.dispatch(ask(view.state.tr, action).setMeta("addToHistory", false));
}

/** Searches from a place in the document on; an empty query shows nothing. */
export function search(view: EditorView, query: Query, from: number): void {
  tell(view, { act: "search", query, from });
}

/** To the next (1) or previous (-1) match, around the ends. */
export function step(view: EditorView, by: 1 | -1): void {
  const { matches, current, at } = findState(view.state);
  if (matches.length === 0) return;
  const next = firstFrom(matches, at);
  const to = current >= 0 ? current + by : by === 1 ? next : next - 1;
  tell(view, { act: "go", to: (to + matches.length) % matches.length });
}

export function closeSearch(view: EditorView): void {
  tell(view, { act: "close" });
}

/** Puts other words in place of a match, which look as its first character does. */
function put(tr: Transaction, { from, to }: Match, words: string): void {
  const [start, end] = [tr.mapping.map(from, 1), tr.mapping.map(to, -1)];
  if (words === "") {
    tr.delete(start, end);
    return;
  }
  // Other words have not been said to be fine.
  const marks = (tr.doc.nodeAt(start)?.marks ?? []).filter(({ type }) => type.name !== "wording_ok");
  tr.replaceWith(start, end, tr.doc.type.schema.text(words, marks));
}

/** Whether the line of a match has room for the words: titles and headings are lines, not pages. */
function hasRoom(tr: Transaction, { from, to }: Match, words: string): boolean {
  const line = tr.doc.resolve(tr.mapping.map(from, 1)).parent;
  return !isPlain(line) || words.length <= to - from || line.content.size - (to - from) + words.length <= MAX_PLAIN_LENGTH;
}

/** What replacing comes to: the step, and how many matches had no room for the words. */
export interface Replacement {
  tr: Transaction;
  replaced: number;
  refused: number;
}

function replaceThese(state: EditorState, matches: readonly Match[], words: string): Replacement {
  const tr = closeHistory(state.tr);
  let [replaced, refused, edits] = [0, 0, 0];
  for (const match of matches) {
    // A word turned into another is at worst this many edits.
    edits += 1 + Math.min(match.to - match.from, words.length);
    if (edits > MAX_EDITS_OF_A_STEP || (replaced + 1) * words.length > MAX_INSERTED_OF_A_STEP) break;
    if (hasRoom(tr, match, words)) {
      put(tr, match, words);
      replaced++;
    } else refused++;
  }
  return { tr: tr.setMeta(FLUSH, true), replaced, refused };
}

/** Replaces the current match; searching goes on behind what was put there. */
export function replaceCurrent(state: EditorState, words: string): Replacement | null {
  const { search, matches, current } = findState(state);
  const match = matches[current];
  if (search === null || match === undefined) return null;
  const replacement = replaceThese(state, [match], words);
  const from = replacement.replaced === 1 ? match.from + words.length : match.to;
  ask(replacement.tr, { act: "search", query: search.query, from });
  return replacement;
}

/** Replaces every match that is shown, as one step of undo. */
export function replaceAll(state: EditorState, words: string): Replacement | null {
  const { search, matches } = findState(state);
  return search === null || matches.length === 0 ? null : replaceThese(state, matches, words);
}

export interface FindContext {
  /** While an input method composes, nothing may be drawn around its text. */
  composing(): boolean;
}

export function finding({ composing }: FindContext): Plugin<FindState> {
  return new Plugin<FindState>({
    key: findKey,
    state: {
      init: () => NOTHING,
      apply(tr, was) {
        const action = tr.getMeta(findKey) as FindAction | undefined;
        if (action !== undefined) return acted(was, action, tr.doc);
        if (!tr.docChanged || was.search === null) return was;
        return composing() ? moved(was, tr) : lookedAgain(was, was.search, tr.mapping.map(was.at, 1), tr.doc);
      },
    },
    props: {
      decorations: (state) => findState(state).decorations,
      handleDOMEvents: {
        compositionend(view) {
          setTimeout(() => findState(view.state).search !== null && tell(view, { act: "look" }), COMPOSITION_TOLD_MS);
          return false;
        },
      },
    },
  });
}
