// Every string the editor shows. The program around the editor translates them; here are only their names.
// A label that was not given shows its own key, so a missing translation is seen and nothing breaks.

import { TOOL_MARKS } from "./tree";
import { REASONS } from "./vague_words";

/** Kinds of items that can be made here; the words are those of model/src/schema.rs. */
export const ITEM_KINDS = ["topic", "requirement", "goal", "deliverable", "decision", "question", "action", "risk"] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** What can come of a topic of a meeting, in the order offered: `OUTCOMES` in model/src/schema.rs. */
export const OUTCOMES = ["decision", "question", "action", "risk"] as const;

/** Kinds that can be made in a document of this kind: topics belong to meetings. */
export function kindsIn(documentKind: string): readonly ItemKind[] {
  return documentKind === "meeting_notes" ? ITEM_KINDS : ITEM_KINDS.filter((kind) => kind !== "topic");
}

const FIELDS = ["need", "aspect", "priority", "status", "owner", "due", "source"] as const;
const FIELDS_OF_TOPIC = ["presenter", "minutes"] as const;
export type FieldName = (typeof FIELDS | typeof FIELDS_OF_TOPIC)[number];

/** What a goal can be said to be, in the order of the letters (R10): `SMART` in model/src/schema.rs. */
export const SMART = ["specific", "measurable", "achievable", "relevant", "time_bound"] as const;
export type SmartField = (typeof SMART)[number];

const ASKED_OF_GOAL: readonly FieldName[] = ["priority", "status", "owner", "due", "source"];
const ASKED_OF_TALK: readonly FieldName[] = ["status", "owner", "due", "source"];
const ASKED_OF_DECISION: readonly FieldName[] = ["status", "owner", "source"];

/** The fields an item of this kind asks for; the others are shown once somebody filled them in: `asked_fields` in model/src/schema.rs. */
export function askedOf(kind: string): readonly FieldName[] {
  switch (kind) {
    case "requirement":
    case "topic":
      return fieldsOf(kind);
    case "goal":
    case "deliverable":
      return ASKED_OF_GOAL;
    case "action":
    case "question":
    case "risk":
      return ASKED_OF_TALK;
    default:
      return ASKED_OF_DECISION;
  }
}

/** The fields an item of this kind can show, in order: `shown_fields` in model/src/schema.rs. */
export function fieldsOf(kind: string): readonly FieldName[] {
  return kind === "topic" ? FIELDS_OF_TOPIC : FIELDS;
}

const STATUS_OF_WORK = ["draft", "agreed", "in_progress", "done", "dropped"] as const;
const STATUS_OF_TALK = ["open", "answered", "dropped"] as const;
const STATUS_OF_DECISION = ["draft", "agreed", "dropped"] as const;
const STATUS_OF_ACTION = ["open", "in_progress", "done", "dropped"] as const;

/** The choices of a field that is chosen; null when it is written. */
export function choicesOf(field: string, kind: string): readonly string[] | null {
  switch (field) {
    case "need":
      return ["business", "technical", "time", "budget"];
    case "aspect":
      return ["functional", "non_functional", "constraint"];
    case "priority":
      return ["must", "should", "could", "wont"];
    case "status":
      if (kind === "decision") return STATUS_OF_DECISION;
      if (kind === "question") return STATUS_OF_TALK;
      return kind === "action" || kind === "risk" ? STATUS_OF_ACTION : STATUS_OF_WORK;
    default:
      return null;
  }
}

/** What an item of a kind says about itself when it is made. */
export function firstFields(kind: string): Record<string, string> {
  switch (kind) {
    case "requirement":
    case "goal":
    case "deliverable":
      return { status: "draft" };
    case "decision":
      return { status: "draft" };
    case "topic":
      return {};
    default:
      return { status: "open" };
  }
}

/** Kinds that are accepted by criteria: theirs is a check list from the start. */
export function isAcceptedByCriteria(kind: string): boolean {
  return kind === "requirement" || kind === "goal" || kind === "deliverable";
}

export const LABEL_KEYS = [
  "editor", // accessible name of the whole document
  "placeholder_title",
  "placeholder_heading",
  "placeholder_body", // an empty section
  "placeholder_item_title",
  "placeholder_item_body",
  "placeholder_criteria",
  "criteria", // caption of acceptance criteria
  "item", // accessible name of an item without a number
  "item_new", // chip of an item whose number has not arrived
  "item_acts", // accessible name of the menu behind an item's number
  "item_copy_link",
  "item_duplicate",
  "item_move_up",
  "item_move_down",
  "item_move_to", // another document
  "item_remove",
  "ghost", // shown where a block cannot be shown
  "check_box", // accessible name of a check box
  "menu_blocks",
  "menu_items",
  "menu_insert", // accessible name of the slash menu
  "menu_empty",
  "menu_mention", // accessible name of the menu of people and days
  "menu_people",
  "menu_days",
  "day_today",
  "day_tomorrow",
  "day_monday", // the next one
  "block_paragraph",
  "block_heading1",
  "block_heading2",
  "block_heading3",
  "block_bullet",
  "block_ordered",
  "block_check",
  "block_quote",
  "block_callout",
  "block_code",
  "block_divider",
  "block_image",
  "block_section",
  "block_table",
  "placeholder_caption",
  "image_alt", // the words that stand for an image, and the button that asks for them
  "image_alt_hint",
  "image_alt_apply",
  "image_width", // accessible name of the handle that resizes
  "image_missing", // shown where an image cannot be shown
  "image_uploading", // {name} is on its way
  "image_preparing", // it has arrived and is being made ready
  "table", // what is done with a whole table
  "table_acts", // accessible name of the menu behind a table's button
  "table_rows",
  "table_columns",
  "table_row_above",
  "table_row_below",
  "table_row_up",
  "table_row_down",
  "table_row_remove",
  "table_column_left",
  "table_column_right",
  "table_column_move_left",
  "table_column_move_right",
  "table_column_wider",
  "table_column_narrower",
  "table_column_remove",
  "table_header",
  "table_remove",
  "kind_other",
  ...ITEM_KINDS.map((kind) => `kind_${kind}` as const),
  ...[...FIELDS, ...FIELDS_OF_TOPIC].map((field) => `field_${field}` as const),
  "minutes_unit",
  "timer_start",
  "timer_pause",
  "smart_missing", // in front of the letters that are
  "specific_letter",
  "measurable_letter",
  "achievable_letter",
  "relevant_letter",
  "time_bound_letter",
  "field_specific",
  "field_measurable",
  "field_achievable",
  "field_relevant",
  "field_time_bound",
  "timer_over", // said of a timer that has passed the planned minutes
  "outcomes", // accessible name of the buttons that make what came of a topic
  "need_business",
  "need_technical",
  "need_time",
  "need_budget",
  "aspect_functional",
  "aspect_non_functional",
  "aspect_constraint",
  "priority_must",
  "priority_should",
  "priority_could",
  "priority_wont",
  "status_draft",
  "status_agreed",
  "status_in_progress",
  "status_done",
  "status_dropped",
  "status_open",
  "status_answered",
  "toolbar", // accessible name of the bar over a selection
  "turn_into",
  "turn_into_item",
  ...TOOL_MARKS.map((mark) => `mark_${mark}` as const),
  "vague", // accessible name of the reason for a hint under a word
  "vague_keep",
  ...REASONS.map((reason) => `vague_${reason}` as const),
  "find", // accessible name of the bar and of the button that opens it
  "find_query",
  "find_none",
  "find_count", // said to a screen reader; {n} of {total}
  "drag_handle",
  "find_previous",
  "find_next",
  "find_case",
  "find_word",
  "find_replace", // shows the row for replacing
  "find_replacement",
  "replace_one",
  "replace_all",
  "replaced", // {n} were
  "find_close",
  "reading", // the button that goes there
  "reading_leave", // the way back of somebody who may write
  "reading_close", // and of somebody who may not
  "count_all", // {n} words
  "count_chosen", // {s} of {n} words are selected
  "count_selection",
  "count_document",
  "count_words",
  "count_characters",
  "count_without_spaces",
  "unset", // choice that clears a field
  "link",
  "link_url",
  "link_apply",
  "link_remove",
  "cancel",
] as const;

export type LabelKey = (typeof LABEL_KEYS)[number] | (string & {});
/** A flat object: key → translated text. */
export type Labels = Readonly<Record<string, string>>;

/** The text for a key, or the key itself so that its absence is visible. */
export function label(labels: Labels, key: LabelKey): string {
  return labels[key] ?? key;
}

/** A text with its {places} filled in. */
export function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
