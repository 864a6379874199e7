// The timer in a topic's header and the buttons under its notes. They show what the item says and ask for changes;
// while the timer runs it draws itself again every second, which touches no document.
import { icon } from "./icons";
import { label, OUTCOMES, type Labels } from "./labels";
import { clock, isOver, isRunning, secondsSpent, type Fields } from "./topic";

const SECOND_MS = 1000;

export class TimerButton {
  readonly element: HTMLButtonElement;
  private readonly time: HTMLElement;
  private readonly symbol: HTMLElement;
  private fields: Fields = {};
  private running: boolean | null = null;
  private tick: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly document: Document,
    private readonly labels: Labels,
    pressed: () => void,
  ) {
    this.element = document.createElement("button");
    this.element.type = "button";
    this.element.className = "field timer";
    this.symbol = document.createElement("span");
    this.time = document.createElement("span");
    this.time.className = "timer-time";
    this.element.append(this.symbol, this.time);
    this.element.addEventListener("click", pressed);
  }

  draw(fields: Fields): void {
    this.fields = fields;
    const running = isRunning(fields);
    if (running !== this.running) {
      this.running = running;
      this.symbol.replaceChildren(icon(this.document, running ? "pause" : "play"));
      this.element.classList.toggle("is-running", running);
      this.element.title = label(this.labels, running ? "timer_pause" : "timer_start");
    }
    this.drawTime();
  }

  private drawTime(): void {
    const now = Date.now();
    const over = isOver(this.fields, now);
    this.time.textContent = clock(secondsSpent(this.fields, now));
    this.element.classList.toggle("is-over", over);
    const name = `${this.element.title} ${this.time.textContent}`;
    this.element.setAttribute("aria-label", over ? `${name}, ${label(this.labels, "timer_over")}` : name);
    if (this.tick !== null) clearTimeout(this.tick);
    this.tick = this.running === true ? setTimeout(() => this.drawTime(), SECOND_MS) : null;
  }

  stop(): void {
    if (this.tick !== null) clearTimeout(this.tick);
    this.tick = null;
  }
}

/** The buttons that make an item under a topic. */
export function outcomeButtons(document: Document, labels: Labels, make: (kind: string) => void): HTMLElement {
  const row = document.createElement("footer");
  row.className = "item-outcomes";
  row.contentEditable = "false";
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", label(labels, "outcomes"));
  for (const kind of OUTCOMES) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "outcome";
    button.dataset["kind"] = kind;
    button.textContent = label(labels, `kind_${kind}`);
    // The caret goes into the new item, not to the button.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", () => make(kind));
    row.append(button);
  }
  return row;
}
