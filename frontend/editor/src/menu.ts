// A listbox in a popup: choices in groups, one of them current, picked by key, mouse or touch.
// It takes no focus by itself, so that a menu opened while typing leaves the caret where it is.
import { Popup, type Anchor } from "./popup";

export interface Choice {
  id: string;
  label: string;
  hint?: string;
  group?: string;
}

export interface MenuSettings {
  document: Document;
  name: string;
  empty: string;
  anchor: () => Anchor;
  picked: (id: string) => void;
  closed: () => void;
}

let menusMade = 0;

export class Menu {
  private readonly popup: Popup;
  private readonly domId = `editor-menu-${++menusMade}`;
  private choices: readonly Choice[] = [];
  private current = 0;
  /** The key that closed it, if one did. */
  leftBy: "Enter" | "Tab" | "Shift+Tab" | "Escape" | null = null;

  constructor(private readonly settings: MenuSettings) {
    this.popup = new Popup(settings.document, "editor-menu", settings.anchor, settings.closed);
    const list = this.popup.element;
    list.id = this.domId;
    list.tabIndex = 0;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", settings.name);
    // The press must not move the caret; the pick happens on release, so that a touch can scroll instead.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = (event.target as Element).closest<HTMLElement>("[data-id]");
      if (option !== null) settings.picked(option.dataset["id"] ?? "");
    });
  }

  get id(): string {
    return this.domId;
  }

  get currentId(): string | null {
    return this.choices.length > 0 ? `${this.domId}-${this.current}` : null;
  }

  show(choices: readonly Choice[], current = 0): void {
    this.choices = choices;
    this.current = Math.max(0, Math.min(current, choices.length - 1));
    this.draw();
    this.popup.place();
  }

  move(by: number): void {
    const count = this.choices.length;
    if (count === 0) return;
    this.current = (this.current + by + count) % count;
    this.draw();
  }

  pickCurrent(): boolean {
    const choice = this.choices[this.current];
    if (choice !== undefined) this.settings.picked(choice.id);
    return choice !== undefined;
  }

  /** For menus that are the keyboard's only place: arrows, Enter, Escape, Tab. */
  takeFocus(): void {
    const list = this.popup.element;
    list.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" || event.key === "Escape") this.leftBy = event.key;
      if (event.key === "Tab") this.leftBy = event.shiftKey ? "Shift+Tab" : "Tab";
      if (!this.handleKey(event.key)) return;
      event.preventDefault();
      // What is below has no say in a key that was for the menu.
      event.stopPropagation();
    });
    list.addEventListener("blur", () => this.close());
    list.focus({ preventScroll: true });
  }

  handleKey(key: string): boolean {
    switch (key) {
      case "ArrowDown":
        this.move(1);
        return true;
      case "ArrowUp":
        this.move(-1);
        return true;
      case "Enter":
      case " ":
        return this.pickCurrent();
      case "Escape":
      case "Tab":
        this.close();
        return true;
      default:
        return false;
    }
  }

  close(): void {
    this.popup.close();
  }

  private draw(): void {
    const { document } = this.settings;
    const list = this.popup.element;
    list.replaceChildren();
    let group: string | undefined;
    this.choices.forEach((choice, index) => {
      if (choice.group !== undefined && choice.group !== group) {
        group = choice.group;
        list.append(part(document, "editor-menu-group", group));
      }
      const option = document.createElement("div");
      option.className = "editor-menu-option";
      option.id = `${this.domId}-${index}`;
      option.dataset["id"] = choice.id;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(index === this.current));
      option.append(part(document, "editor-menu-label", choice.label));
      if (choice.hint !== undefined) option.append(part(document, "editor-menu-hint", choice.hint));
      list.append(option);
      if (index === this.current) option.scrollIntoView?.({ block: "nearest" });
    });
    if (this.choices.length === 0) list.append(part(document, "editor-menu-group", this.settings.empty));
    list.setAttribute("aria-activedescendant", this.currentId ?? "");
  }
}

function part(document: Document, className: string, text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  if (className === "editor-menu-group") element.setAttribute("role", "presentation");
  return element;
}
