// Every string the editor shows. The program around the editor translates them; here are only their names.
// A label that was not given shows its own key, so a missing translation is seen and nothing breaks.

export const ITEM_KINDS = ["requirement", "goal", "deliverable", "decision", "action", "issue", "risk", "consensus"] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** Fields shown on an item, with the choices of those that are chosen and not written. */
export const FIELD_CHOICES: Readonly<Record<string, readonly string[]>> = {
  need: ["business", "technical", "time", "budget"],
  aspect: ["functional", "non_functional", "constraint"],
  priority: ["must", "should", "could", "wont"],
  status: ["draft", "agreed", "in_progress", "done", "dropped"],
};
export const FIELDS = ["need", "aspect", "priority", "status", "owner", "due", "source"] as const;
export type FieldName = (typeof FIELDS)[number];

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
  "ghost", // shown where a block cannot be shown
  "check_box", // accessible name of a check box
  "menu_blocks",
  "menu_items",
  "menu_insert", // accessible name of the slash menu
  "menu_empty",
  "block_paragraph",
  "block_heading1",
  "block_heading2",
  "block_heading3",
  "block_bullet",
  "block_ordered",
  "block_check",
  "block_quote",
  ...ITEM_KINDS.map((kind) => `kind_${kind}` as const),
  ...FIELDS.map((field) => `field_${field}` as const),
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
