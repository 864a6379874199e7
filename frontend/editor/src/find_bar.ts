// The bar that finds and replaces: its fields, its keys, and where it brings the page. Searching itself is find.ts.
// It takes the focus when it is opened and keeps it; the document is scrolled under it and never takes the focus back.
import { Plugin, TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { readCaret } from "./dom_reader";
import { closeSearch, findState, MAX_REPLACEMENT_LENGTH, replaceAll, replaceCurrent, search, step, type Replacement } from "./find";
import { hasWordEdge, MAX_MATCHES, MAX_QUERY_LENGTH, type Query } from "./find_text";
import type { Notice } from "./host";
import { icon, type IconName } from "./icons";
import { belongsToInputMethod, isApple } from "./keys";
import { filled, label, type Labels } from "./labels";
import { floating } from "./popup";

/** Room kept between a match and the edges of what is seen. */
const MARGIN_PX = 24;
/** A match that was out of sight comes to this part of the height, so that what follows it can be read. */
const RESTING_PLACE = 0.35;
/** Everything that came into sight has its height after these. */
const SETTLING_FRAMES = 5;
/** A screen reader is told how many there are once the typing pauses. */
const SPEAK_AFTER_MS = 600;

/** With which rows the bar opens. */
export type Rows = "find" | "replace";

export interface FindBarContext {
  labels: Labels;
  notice(code: Notice): void;
}

const bars = new WeakMap<EditorView, FindBar>();

/** Opens the bar of an editor, or goes to its field where it is open. */
export function openFind(view: EditorView, rows: Rows): void {
  bars.get(view)?.open(rows);
}

export function findBar(context: FindBarContext): Plugin {
  return new Plugin({
    view: (view) => {
      const bar = new FindBar(view, context);
      bars.set(view, bar);
      return bar;
    },
  });
}

class FindBar {
  private readonly element: HTMLElement;
  private readonly field: HTMLInputElement;
  private readonly words: HTMLInputElement;
  private readonly count: HTMLElement;
  private readonly spoken: HTMLElement;
  private readonly matchCase: HTMLButtonElement;
  private readonly wholeWord: HTMLButtonElement;
  private readonly more: HTMLButtonElement;
  private readonly replaceRow: HTMLElement;
  private readonly document: Document;
  private readonly listeners = new AbortController();
  private speaking: ReturnType<typeof setTimeout> | undefined;
  /** Where typing a query searches from: where the person was when they began to look. */
  private base = 0;
  private openedBy: HTMLElement | null = null;
  private rows: Rows = "find";
  private revealing = 0;
  /** What replacing came to, until something else is asked for. */
  private outcome: string | null = null;

  constructor(private readonly view: EditorView, private readonly context: FindBarContext) {
    this.document = view.dom.ownerDocument;
    this.element = floating(this.document, "find-bar");
    this.element.hidden = true;
    this.element.setAttribute("role", "search");
    this.element.setAttribute("aria-label", this.text("find"));
    this.field = this.input("find_query", MAX_QUERY_LENGTH);
    this.words = this.input("find_replacement", MAX_REPLACEMENT_LENGTH);
    this.count = this.part("span", "find-count");
    this.count.setAttribute("aria-hidden", "true");
    this.spoken = this.part("span", "sr-only");
    this.spoken.setAttribute("role", "status");
    this.matchCase = this.toggle("case", "find_case");
    this.wholeWord = this.toggle("word", "find_word");
    this.more = this.button("replace", "find_replace", () => this.show(this.rows === "find" ? "replace" : "find"));
    this.replaceRow = this.part("div", "find-row find-replace", this.words, this.wordButton("replace_one", () => this.replace("current")), this.wordButton("replace_all", () => this.replace("all")));
    this.element.append(this.findRow(), this.replaceRow, this.spoken);
    this.listen();
  }

  private findRow(): HTMLElement {
    const back = this.button("up", "find_previous", () => this.go(-1));
    const on = this.button("down", "find_next", () => this.go(1));
    const close = this.button("close", "find_close", () => this.close());
    close.classList.add("find-close");
    return this.part("div", "find-row", this.part("div", "find-field", this.field, this.count), this.part("div", "find-moves", back, on), this.part("div", "find-options", this.matchCase, this.wholeWord, this.more), close);
  }

  private listen(): void {
    const { signal } = this.listeners;
    this.document.addEventListener("keydown", (event) => this.pageKey(event), { signal });
    this.element.addEventListener("keydown", (event) => this.key(event), { signal });
    this.field.addEventListener("input", (event) => (event as InputEvent).isComposing || this.search(), { signal });
    this.field.addEventListener("compositionend", () => this.search(), { signal });
  }

  private text(key: string): string {
    return label(this.context.labels, key);
  }

  private part(name: string, className: string, ...children: Node[]): HTMLElement {
    const element = this.document.createElement(name);
    element.className = className;
    element.append(...children);
    return element;
  }

  private input(key: string, maxLength: number): HTMLInputElement {
    const input = this.document.createElement("input");
    input.type = "text";
    input.maxLength = maxLength;
    input.autocomplete = "off";
    input.spellcheck = false;
    input.setAttribute("autocapitalize", "off");
    input.enterKeyHint = "search";
    input.dataset["find"] = key;
    input.placeholder = this.text(key);
    input.setAttribute("aria-label", input.placeholder);
    return input;
  }

  private button(name: IconName, key: string, act: () => void): HTMLButtonElement {
    const element = this.document.createElement("button");
    element.type = "button";
    element.className = "icon-btn";
    element.dataset["find"] = key;
    element.title = this.text(key);
    element.setAttribute("aria-label", element.title);
    element.append(icon(this.document, name));
    element.addEventListener("click", act);
    return element;
  }

  private wordButton(key: string, act: () => void): HTMLButtonElement {
    const element = this.document.createElement("button");
    element.type = "button";
    element.className = "btn";
    element.dataset["find"] = key;
    element.textContent = this.text(key);
    element.addEventListener("click", act);
    return element;
  }

  private toggle(name: IconName, key: string): HTMLButtonElement {
    const element = this.button(name, key, () => {
      element.setAttribute("aria-pressed", String(element.getAttribute("aria-pressed") !== "true"));
      this.search();
      this.field.focus({ preventScroll: true });
    });
    element.setAttribute("aria-pressed", "false");
    return element;
  }

  private get query(): Query {
    const pressed = (element: HTMLElement): boolean => element.getAttribute("aria-pressed") === "true";
    return { text: this.field.value, matchCase: pressed(this.matchCase), wholeWord: pressed(this.wholeWord) };
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  open(rows: Rows): void {
    const { activeElement } = this.document;
    if (!this.isOpen) this.openedBy = activeElement instanceof HTMLElement && !this.view.dom.contains(activeElement) ? activeElement : null;
    readCaret(this.view);
    const { selection, doc } = this.view.state;
    this.base = selection.from;
    const inOneLine = !selection.empty && selection.$from.sameParent(selection.$to) && selection.$from.parent.isTextblock;
    const chosen = inOneLine ? doc.textBetween(selection.from, selection.to) : "";
    const fromField = this.element.contains(activeElement);
    if (!fromField && chosen !== "" && chosen.length <= MAX_QUERY_LENGTH) this.field.value = chosen;
    this.element.hidden = false;
    this.show(rows === "replace" ? "replace" : this.rows);
    const target = rows === "replace" && fromField && this.view.editable ? this.words : this.field;
    target.focus({ preventScroll: true });
    target.select();
    this.search();
  }

  /** Back to the document, with the caret on the match that was found. */
  private close(): void {
    const { matches, current } = findState(this.view.state);
    const match = this.element.contains(this.document.activeElement) ? matches[current] : undefined;
    this.element.hidden = true;
    this.rows = "find";
    clearTimeout(this.speaking);
    this.spoken.textContent = "";
    closeSearch(this.view);
    if (match !== undefined) {
      const { tr } = this.view.state;
      this.view.dispatch(tr.setSelection(TextSelection.create(tr.doc, match.from, match.to)));
    }
    if (this.view.editable) this.view.focus();
    else this.openedBy?.focus({ preventScroll: true });
  }

  private show(rows: Rows): void {
    this.rows = rows;
    this.update();
  }

  private search(): void {
    this.outcome = null;
    search(this.view, this.query, this.base);
    this.update();
    this.reveal();
  }

  private go(by: 1 | -1): void {
    this.outcome = null;
    step(this.view, by);
    this.base = findState(this.view.state).at;
    this.reveal();
  }

  private replace(which: "current" | "all"): void {
    const { view } = this;
    if (!view.editable || view.composing) return;
    readCaret(view);
    this.outcome = null;
    const replacement = (which === "all" ? replaceAll : replaceCurrent)(view.state, this.words.value);
    if (replacement === null) return this.go(1);
    if (replacement.replaced > 0) view.dispatch(replacement.tr);
    else if (which === "current") this.go(1);
    if (replacement.refused > 0) this.context.notice("text_too_long");
    this.base = findState(view.state).at;
    if (which === "current") this.reveal();
    else this.sayReplaced(replacement);
  }

  private sayReplaced({ tr, replaced }: Replacement): void {
    // An edit that was not taken has put the document back; the page has said so itself.
    if (replaced === 0 || !this.view.state.doc.eq(tr.doc)) return;
    this.outcome = filled(this.text("replaced"), { n: String(replaced) });
    this.update();
  }

  private speak(words: string): void {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => (this.spoken.textContent = words), SPEAK_AFTER_MS);
  }

  /** Draws what the editor knows. */
  update(): void {
    if (!this.isOpen || this.view.isDestroyed) return;
    const { matches, more, current } = findState(this.view.state);
    const isSearching = this.field.value !== "";
    const writable = this.view.editable;
    this.more.hidden = !writable;
    this.more.setAttribute("aria-expanded", String(this.rows === "replace"));
    this.replaceRow.hidden = !writable || this.rows === "find";
    this.wholeWord.disabled = isSearching && !hasWordEdge(this.field.value);
    this.element.classList.toggle("is-missing", this.outcome === null && isSearching && matches.length === 0);
    const total = more ? `${MAX_MATCHES}+` : String(matches.length);
    const place = current < 0 ? "–" : String(current + 1);
    const said = this.outcome ?? (!isSearching ? "" : matches.length === 0 ? this.text("find_none") : `${place} / ${total}`);
    if (this.count.textContent === said) return;
    this.count.textContent = said;
    this.speak(this.outcome !== null || matches.length === 0 ? said : filled(this.text("find_count"), { n: place, total }));
  }

  /** Brings the current match into sight, below the bar and above what covers the foot of the page. */
  private reveal(frames = SETTLING_FRAMES): void {
    cancelAnimationFrame(this.revealing);
    const match = this.view.dom.querySelector(".find-match.is-current");
    const window = this.document.defaultView;
    if (match === null || window === null || !this.isOpen) return;
    const foot = this.document.querySelector(".bottom-bar")?.getBoundingClientRect();
    const top = this.element.getBoundingClientRect().bottom + MARGIN_PX;
    const seen = window.visualViewport?.height ?? window.innerHeight;
    const bottom = Math.min(seen, foot !== undefined && foot.height > 0 ? foot.top : seen) - MARGIN_PX;
    const at = match.getBoundingClientRect();
    const inSight = at.top >= top && at.bottom <= bottom;
    if (!inSight) window.scrollBy({ top: at.top - (top + (bottom - top) * RESTING_PLACE), behavior: "instant" });
    // What was out of sight takes another height once it is laid out, a frame or more after it came near.
    if (frames > 0) this.revealing = window.requestAnimationFrame(() => this.reveal(frames - 1));
  }

  /** Keys of the whole page, also while one writes. */
  private pageKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || belongsToInputMethod(event) || this.document.querySelector("dialog[open]") !== null) return;
    if (!isInSight(this.view.dom)) return;
    if (event.key === "Escape" && this.isOpen && this.view.dom.contains(event.target as Node)) return this.close();
    const wanted = shortcut(event);
    if (wanted === null) return;
    event.preventDefault();
    if (wanted === "find" || wanted === "replace") this.open(wanted);
    else if (this.isOpen) this.go(wanted === "next" ? 1 : -1);
    else this.open("find");
  }

  private key(event: KeyboardEvent): void {
    if (belongsToInputMethod(event)) return;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && event.target === this.field) this.go(event.shiftKey ? -1 : 1);
    else if (event.key === "Enter" && event.target === this.words) this.replace(event.ctrlKey || event.metaKey ? "all" : "current");
    else return;
    event.preventDefault();
    // A sheet of the page behind the bar is not what Escape was for.
    event.stopPropagation();
  }

  destroy(): void {
    clearTimeout(this.speaking);
    cancelAnimationFrame(this.revealing);
    this.listeners.abort();
    this.element.remove();
  }
}

/** Another view may stand in place of the text; the browser's own search finds what is in that one. */
function isInSight(element: HTMLElement): boolean {
  return element.getClientRects().length > 0;
}

/** What a key asks of the bar: as browsers and other editors have it, on a Mac with ⌘ alone. */
function shortcut(event: KeyboardEvent): Rows | "next" | "previous" | null {
  const { code, shiftKey, altKey } = event;
  const apple = isApple();
  if (code === "F3" && !altKey && !event.ctrlKey && !event.metaKey) return shiftKey ? "previous" : "next";
  if (apple ? !event.metaKey || event.ctrlKey : !event.ctrlKey || event.metaKey) return null;
  const letter = event.key.length === 1 && /[a-z]/i.test(event.key) ? event.key.toLowerCase() : code.replace("Key", "").toLowerCase();
  if (letter === "g" && !altKey) return shiftKey ? "previous" : "next";
  if (letter === "f" && !shiftKey) return altKey ? (apple ? "replace" : null) : "find";
  return letter === "h" && !shiftKey && !altKey && !apple ? "replace" : null;
}
