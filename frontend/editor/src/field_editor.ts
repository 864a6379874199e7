// Changing one field of an item in place: a listbox for words, a small input for text and dates.
// It hands the new value on and gives the focus back; what an item is, it does not know.
import { choicesOf, label, type Labels } from "./labels";
import { Menu } from "./menu";
import { anchorOf, Popup } from "./popup";

/** Longest value of a written field: a name, a source, not a text. */
const MAX_FIELD_LENGTH = 200;
const UNSET = "";

/** Longest time a topic can be given: a working day. */
const MAX_MINUTES = 480;

/** The minutes somebody wrote, in digits of any width; what holds none leaves them as they were, nothing clears them. */
export function readMinutes(written: string, before: string): string {
  if (written.trim() === "") return "";
  const digits = /\d+/.exec(written.normalize("NFKC"))?.[0];
  const minutes = digits === undefined ? 0 : Number(digits);
  return minutes < 1 ? before : String(Math.min(minutes, MAX_MINUTES));
}

export interface FieldSettings {
  button: HTMLElement;
  kind: string;
  field: string;
  value: string;
  labels: Labels;
  changed: (value: string | null) => void;
  /** Called when it is over, however it ended, with the key that ended a menu. */
  done: (key: Menu["leftBy"]) => void;
}

export function editField(settings: FieldSettings): void {
  const choices = choicesOf(settings.field, settings.kind);
  if (choices === null) writeField(settings);
  else chooseField(settings, choices);
}

function chooseField(settings: FieldSettings, choices: readonly string[]): void {
  const { button, field, labels } = settings;
  button.setAttribute("aria-expanded", "true");
  const menu = new Menu({
    document: button.ownerDocument,
    name: label(labels, `field_${field}`),
    empty: label(labels, "menu_empty"),
    anchor: () => anchorOf(button),
    picked: (id) => {
      menu.close();
      settings.changed(id === UNSET ? null : id);
    },
    closed: () => {
      button.removeAttribute("aria-expanded");
      settings.done(menu.leftBy);
    },
  });
  const shown = [
    ...choices.map((id) => ({ id, label: label(labels, `${field}_${id}`) })),
    { id: UNSET, label: label(labels, "unset") },
  ];
  menu.show(shown, Math.max(0, choices.indexOf(settings.value)));
  menu.takeFocus();
}

function writeField(settings: FieldSettings): void {
  const { button, field, labels } = settings;
  const document = button.ownerDocument;
  let decided = false;
  const popup = new Popup(document, "editor-popover", () => anchorOf(button), () => {
    // A press elsewhere keeps what was typed; Escape has already decided otherwise.
    decide("keep");
    settings.done(null);
  });
  const input = document.createElement("input");
  const decide = (what: "keep" | "drop"): void => {
    if (decided) return;
    decided = true;
    const value = field === "minutes" ? readMinutes(input.value, settings.value) : input.value.trim().slice(0, MAX_FIELD_LENGTH);
    if (what === "keep" && value !== settings.value) settings.changed(value === "" ? null : value);
  };
  input.type = field === "due" ? "date" : "text";
  if (field === "minutes") input.inputMode = "numeric";
  input.value = settings.value;
  input.maxLength = MAX_FIELD_LENGTH;
  input.setAttribute("aria-label", label(labels, `field_${field}`));
  input.placeholder = label(labels, `field_${field}`);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    decide(event.key === "Enter" ? "keep" : "drop");
    popup.close();
  });
  input.addEventListener("blur", () => popup.close());
  popup.element.append(input);
  popup.place();
  input.focus({ preventScroll: true });
}
