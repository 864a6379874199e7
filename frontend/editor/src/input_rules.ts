// Typed shorthands: "# ", "- ", "1. ", "[] ", "> ", "! ", "```", "---" at the start of a paragraph, and marks by their
// Markdown signs around words.
// They never run during a composition (prosemirror-inputrules waits for its end) and not in titles.
import { closeHistory } from "prosemirror-history";
import { InputRule, inputRules } from "prosemirror-inputrules";
import { TextSelection, type EditorState, type Plugin, type Transaction } from "prosemirror-state";
import { blockSpec, insertDivider, type BlockKind } from "./commands";
import type { EditorSchema } from "./schema";
import { blockAt } from "./selection";
import type { FlagMark } from "./tree";

function blockRule(pattern: RegExp, kind: BlockKind | ((match: RegExpMatchArray) => BlockKind)): InputRule {
  return new InputRule(pattern, (state, match, start, end) => {
    const block = paragraphAt(state, start);
    if (block === null) return null;
    const name = typeof kind === "function" ? kind(match) : kind;
    const { type, attrs } = blockSpec(state.schema as EditorSchema, name, block.node.attrs);
    return state.tr.delete(start, end).setNodeMarkup(block.pos, type, attrs);
  });
}

function quoteRule(state: EditorState, start: number, end: number): Transaction | null {
  const block = paragraphAt(state, start);
  return block === null ? null : state.tr.delete(start, end).setNodeMarkup(block.pos, null, { ...block.node.attrs, quote: true });
}

function dividerRule(state: EditorState, start: number, end: number): Transaction | null {
  const block = paragraphAt(state, start);
  if (block === null || block.node.content.size > end - start) return null;
  let made: Transaction | null = null;
  const cleared = state.apply(state.tr.delete(start, end));
  insertDivider(cleared, (tr) => (made = tr));
  if (made === null) return null;
  const tr = state.tr.delete(start, end);
  for (const step of (made as Transaction).steps) tr.step(step);
  return tr.setSelection(TextSelection.near(tr.doc.resolve((made as Transaction).selection.head)));
}

/** Words between two signs get a mark and lose the signs; what is typed next has it no more. */
function markRule(sign: string, name: FlagMark): InputRule {
  const one = sign.startsWith("*") ? "\\*" : sign.charAt(0);
  const both = one.repeat(sign.length);
  const pattern = new RegExp(`${both}([^\\s${one}]|[^\\s${one}][^${one}]*[^\\s${one}])${both}$`);
  return new InputRule(pattern, (state, match, start, end) => {
    const words = match[1]!;
    // What was typed last is not in the document yet; of a longer insertion not even the words are.
    const untyped = match[0].length - (end - start);
    const $start = state.doc.resolve(start);
    // One more sign in front: it is the start of a longer one, still being written.
    const longer = $start.parent.textBetween(0, $start.parentOffset).endsWith(sign.charAt(0));
    if (blockAt($start) === null || longer || untyped > sign.length) return null;
    const from = start + sign.length;
    const mark = (state.schema as EditorSchema).marks[name].create();
    const tr = state.tr.delete(from + words.length, end).delete(start, from);
    // A step of its own: undo gives the signs back, not the words away.
    return closeHistory(tr.addMark(start, start + words.length, mark).removeStoredMark(mark));
  });
}

function paragraphAt(state: EditorState, pos: number) {
  const block = blockAt(state.doc.resolve(pos));
  return block !== null && block.node.type.name === "paragraph" ? block : null;
}

export function shorthands(): Plugin {
  return inputRules({
    rules: [
      blockRule(/^(#{1,3})\s$/, (match) => `heading${match[1]!.length}` as BlockKind),
      blockRule(/^[-*•]\s$/, "bullet"),
      blockRule(/^(?:\d{1,3}[.)]\s|\d{1,3}、)$/, "ordered"),
      blockRule(/^(?:\[\s?\]|【】)\s$/, "check"),
      blockRule(/^```$/, "code"),
      blockRule(/^[!！]\s$/, "callout"),
      new InputRule(/^[>》]\s$/, (state, _match, start, end) => quoteRule(state, start, end)),
      new InputRule(/^(?:---|—-)$/, (state, _match, start, end) => dividerRule(state, start, end)),
      markRule("**", "bold"),
      markRule("*", "italic"),
      markRule("~~", "strike"),
      markRule("==", "highlight"),
      markRule("`", "code"),
    ],
  });
}
