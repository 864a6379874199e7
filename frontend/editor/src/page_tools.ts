// The editor's own buttons in the page's bars: find, and reading mode. The page only offers the places for them
// (`data-editor-tools`), so that it need not know what the editor can do.
import { Plugin } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { openFind } from "./find_bar";
import { icon, type IconName } from "./icons";
import { label, type Labels } from "./labels";
import { modeOf, switchMode } from "./reading";

/** Where the buttons stand: in the bar above, at the foot of a phone, among the rest of a phone's tools. */
type Place = "bar" | "foot" | "more";

export interface PageToolsContext {
  labels: Labels;
  /** Whether the person may write here, whatever mode the page is in. */
  mayWrite(): boolean;
}

export function pageTools(context: PageToolsContext): Plugin {
  return new Plugin({ view: (view) => new PageTools(view, context) });
}

class PageTools {
  private readonly slots: HTMLElement[];
  private drawn = "";

  constructor(private readonly view: EditorView, private readonly context: PageToolsContext) {
    this.slots = [...view.dom.ownerDocument.querySelectorAll<HTMLElement>("[data-editor-tools]")];
    this.update();
  }

  update(): void {
    const mode = modeOf(this.view.state);
    const state = `${mode} ${this.context.mayWrite()}`;
    if (state === this.drawn) return;
    this.drawn = state;
    const { activeElement } = this.view.dom.ownerDocument;
    for (const slot of this.slots) {
      const focused = slot.contains(activeElement) ? (activeElement as HTMLElement).dataset["tool"] : undefined;
      slot.replaceChildren(...this.buttons(slot.dataset["editorTools"] as Place));
      // Whoever pressed it by key stays on it.
      if (focused !== undefined) slot.querySelector<HTMLElement>(`[data-tool="${focused}"]`)?.focus({ preventScroll: true });
    }
  }

  private buttons(place: Place): HTMLElement[] {
    const find = this.button(place, "find", "search", label(this.context.labels, "find"), () => openFind(this.view, "find"));
    switch (place) {
      case "bar":
        return [find, this.modeButton(place)];
      case "foot":
        return modeOf(this.view.state) === "reading" ? [find, this.modeButton(place)] : [find];
      case "more":
        return [this.modeButton(place)];
    }
  }

  private modeButton(place: Place): HTMLElement {
    const isReading = modeOf(this.view.state) === "reading";
    const back: [IconName, string] = this.context.mayWrite() ? ["write", "reading_leave"] : ["close", "reading_close"];
    const [name, key] = isReading ? back : (["read", "reading"] as const);
    const button = this.button(place, "reading", name, label(this.context.labels, key), () => switchMode(this.view));
    button.classList.toggle("is-way-back", isReading);
    return button;
  }

  private button(place: Place, tool: string, name: IconName, text: string, act: () => void): HTMLElement {
    const { ownerDocument: document } = this.view.dom;
    const button = document.createElement("button");
    button.type = "button";
    button.className = place === "bar" ? "icon-btn tool" : place === "more" ? "btn tool" : "tool";
    button.dataset["tool"] = tool;
    button.title = text;
    const words = document.createElement("span");
    words.className = "tool-words";
    words.textContent = text;
    button.append(icon(document, name), words);
    // The caret stays where it is, so that it is there again afterwards.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", act);
    return button;
  }

  destroy(): void {
    for (const slot of this.slots) slot.replaceChildren();
  }
}
