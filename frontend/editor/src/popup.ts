// A small floating surface beside a place in the text: opened, placed inside the window, closed once.
// It knows nothing of what it shows. Positions are set through the CSSOM, which the page's policy allows.

export interface Anchor {
  left: number;
  top: number;
  bottom: number;
}

/** Distance kept from the text and from the edges of the window. */
const GAP_PX = 6;

export class Popup {
  readonly element: HTMLElement;
  private readonly onPointerDown = (event: Event): void => {
    if (!this.element.contains(event.target as Node)) this.close();
  };
  private readonly onScroll = (event: Event): void => {
    if (!this.element.contains(event.target as Node)) this.place();
  };
  private readonly onResize = (): void => this.place();
  private open = true;

  constructor(
    private readonly document: Document,
    className: string,
    private readonly anchor: () => Anchor,
    private readonly closed: () => void,
  ) {
    this.element = floating(document, className);
    document.addEventListener("pointerdown", this.onPointerDown, true);
    document.addEventListener("scroll", this.onScroll, { capture: true, passive: true });
    document.defaultView?.addEventListener("resize", this.onResize);
  }

  /** Below its anchor, or above where there is no room; never outside the window. */
  place(): void {
    const view = this.document.defaultView;
    if (view === null) return;
    const anchor = this.anchor();
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const below = anchor.bottom + GAP_PX;
    const fits = below + height <= view.innerHeight - GAP_PX;
    const top = fits ? below : Math.max(GAP_PX, anchor.top - GAP_PX - height);
    const left = Math.max(GAP_PX, Math.min(anchor.left, view.innerWidth - width - GAP_PX));
    this.element.style.position = "fixed";
    this.element.style.left = `${left}px`;
    this.element.style.top = `${top}px`;
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.document.removeEventListener("pointerdown", this.onPointerDown, true);
    this.document.removeEventListener("scroll", this.onScroll, { capture: true });
    this.document.defaultView?.removeEventListener("resize", this.onResize);
    this.element.remove();
    this.closed();
  }
}

/** An element over the page. It belongs to the page's main part, and speaks the language of the interface there. */
export function floating(document: Document, className: string): HTMLElement {
  const element = document.createElement("div");
  element.className = className;
  element.lang = document.documentElement.lang;
  (document.querySelector("main") ?? document.body).append(element);
  return element;
}

export function anchorOf(element: Element): Anchor {
  const { left, top, bottom } = element.getBoundingClientRect();
  return { left, top, bottom };
}
