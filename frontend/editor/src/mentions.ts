// Naming people and days: opens when a person types an at sign, offers who is in the project and which day is meant.
import { closeHistory } from "prosemirror-history";
import { type Plugin, PluginKey, TextSelection, type EditorState, type Transaction } from "prosemirror-state";
import { dayAfter, nextMonday, readDay } from "./days";
import { label, type Labels } from "./labels";
import type { Choice } from "./menu";
import { isImage } from "./node_kinds";
import type { EditorSchema } from "./schema";
import { blockAt } from "./selection";
import { typedMenu, type Query, type TypedState } from "./typed_menu";

/** Somebody who can be named. */
export interface Named {
  id: string;
  name: string;
}

export interface MentionContext {
  labels: Labels;
  /** Everybody in the project. */
  people: readonly Named[];
  now(): Date;
}

const mentionKey = new PluginKey<TypedState>("mention");

/** Longest name looked for: past it the at sign was just one. */
const MAX_QUERY_LENGTH = 24;
/** People offered at a time; a letter more finds the others. */
const MAX_PEOPLE = 8;
/** The at sign of either width, not inside an address of mail: no letter of a word stands in front of it. */
const TYPED = new RegExp(`(?:^|[^A-Za-z0-9._%+-])([@＠]([^\\s@＠]{0,${MAX_QUERY_LENGTH}}))$`);

/** The at sign and what follows it up to the caret. */
export function mentionQuery(textBefore: string): Query | null {
  const found = TYPED.exec(textBefore);
  return found === null ? null : { length: found[1]!.length, query: found[2]! };
}

function queryAt(state: EditorState): Query | null {
  const { selection } = state;
  if (!(selection instanceof TextSelection) || !selection.empty) return null;
  const block = blockAt(selection.$head);
  if (block === null || isImage(block.node) || block.node.type.name === "code_line") return null;
  return mentionQuery(block.node.textBetween(0, selection.$head.parentOffset, undefined, "\ufffc"));
}

/** What is offered for what was typed: people whose name holds it, then days. */
export function mentionChoices(context: MentionContext, query: string): Choice[] {
  const wanted = query.toLocaleLowerCase();
  const people = context.people.filter(({ name }) => name.toLocaleLowerCase().includes(wanted)).slice(0, MAX_PEOPLE);
  const today = context.now();
  const group = label(context.labels, "menu_days");
  const named: readonly [string, string][] = [["day_today", dayAfter(today, 0)], ["day_tomorrow", dayAfter(today, 1)], ["day_monday", nextMonday(today)]];
  const days = named.map(([key, day]): Choice => ({ id: `day:${day}`, label: label(context.labels, key), hint: day, group }));
  const typed = readDay(query, today);
  return [
    ...people.map(({ id, name }): Choice => ({ id: `person:${id}`, label: name, group: label(context.labels, "menu_people") })),
    ...days.filter(({ label }) => label.toLocaleLowerCase().includes(wanted)),
    ...(typed === null ? [] : [{ id: `day:${typed}`, label: typed, group }]),
  ];
}

/** The one transaction of picking: what was typed goes, the name or the day comes, and a blank where words would touch it. */
export function pickMention(state: EditorState, id: string, length: number, people: readonly Named[]): Transaction | null {
  const schema = state.schema as EditorSchema;
  const [kind, value] = [id.slice(0, id.indexOf(":")), id.slice(id.indexOf(":") + 1)];
  const person = people.find((one) => one.id === value);
  if (kind === "person" && person === undefined) return null;
  const { $head, head } = state.selection;
  const mark = kind === "person" ? schema.marks.mention.create({ person: value }) : schema.marks.date.create({ day: value });
  const text = schema.text(person === undefined ? value : `@${person.name}`, mark.addToSet($head.marks()));
  const next = $head.parent.textBetween($head.parentOffset, Math.min($head.parent.content.size, $head.parentOffset + 1), undefined, "\ufffc");
  const tr = state.tr.replaceWith(head - length, head, text);
  if (next === "" || /[\p{L}\p{N}]/u.test(next)) tr.insertText(" ").removeMark(tr.selection.head - 1, tr.selection.head, mark.type);
  return closeHistory(tr.setStoredMarks(null)).scrollIntoView();
}

export function mentionMenu(context: MentionContext): Plugin<TypedState> {
  return typedMenu({
    key: mentionKey,
    name: label(context.labels, "menu_mention"),
    empty: null,
    queryAt,
    choices: (_view, query) => mentionChoices(context, query),
    picked: (view, id, length) => {
      const tr = pickMention(view.state, id, length, context.people);
      if (tr !== null) view.dispatch(tr);
    },
  });
}
