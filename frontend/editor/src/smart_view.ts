// The five letters of a goal (R10): each is said to hold with one press. Once one is said, those that are missing show.
// It draws what the item says and asks for changes; the fields are those of SMART in model/src/schema.rs.
import { label, SMART, type Labels, type SmartField } from "./labels";

/** What a letter that holds says. */
export const HOLDS = "yes";

type Fields = Readonly<Record<string, string>>;

export class SmartLetters {
  readonly element: HTMLElement;
  private readonly letters = new Map<SmartField, HTMLButtonElement>();

  constructor(
    document: Document,
    private readonly labels: Labels,
    private readonly changed: (field: SmartField, value: string | null) => void,
  ) {
    this.element = document.createElement("div");
    this.element.className = "smart";
    this.element.setAttribute("role", "group");
    for (const field of SMART) this.element.append(this.letter(document, field));
  }

  private letter(document: Document, field: SmartField): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "smart-letter";
    button.dataset["field"] = field;
    button.textContent = label(this.labels, `${field}_letter`);
    button.title = label(this.labels, `field_${field}`);
    button.setAttribute("aria-label", button.title);
    button.addEventListener("click", () => this.changed(field, button.getAttribute("aria-pressed") === "true" ? null : HOLDS));
    this.letters.set(field, button);
    return button;
  }

  draw(fields: Fields): void {
    const missing = SMART.filter((field) => fields[field] !== HOLDS);
    this.element.classList.toggle("is-unset", missing.length === SMART.length);
    this.element.classList.toggle("is-whole", missing.length === 0);
    const names = missing.map((field) => label(this.labels, `${field}_letter`)).join(" ");
    const isPartly = missing.length > 0 && missing.length < SMART.length;
    this.element.setAttribute("aria-label", isPartly ? `SMART, ${label(this.labels, "smart_missing")} ${names}` : "SMART");
    for (const [field, button] of this.letters) button.setAttribute("aria-pressed", String(fields[field] === HOLDS));
  }
}
