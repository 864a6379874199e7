// Typed shorthands that make blocks: "# ", "- ", "1. ", "[] ", "> " at the start of a paragraph.
// They never run during a composition (prosemirror-inputrules waits for its end) and not in titles.
import { InputRule, inputRules } from "prosemirror-inputrules";
import type { EditorState, Plugin, Transaction } from "prosemirror-state";
import { blockSpec, type BlockKind } from "./commands";
import type { EditorSchema } from "./schema";
import { blockAt } from "./selection";

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
      new InputRule(/^[>》]\s$/, (state, _match, start, end) => quoteRule(state, start, end)),
    ],
  });
}
