// Fetches the script for other programs' formats (foreign.ts): when the page has nothing else to do, or when it is needed.

export type Foreign = typeof import("./foreign");

/** Fetched at the latest after this, however busy the browser is. */
const LATEST_MS = 5_000;

export class ForeignScript {
  /** What it exports, once it is here. */
  here: Foreign | null = null;

  /** `fetch` may be called again after it failed. */
  constructor(private readonly fetch: () => Promise<Foreign>) {}

  /** Gives what it exports; asking again after a failure tries again. */
  async get(): Promise<Foreign> {
    this.here ??= await this.fetch();
    return this.here;
  }

  /** Fetches it once the browser is idle. A failure shows when it is needed. */
  whenIdle(window: Window): void {
    const fetch = (): void => void this.get().catch(() => undefined);
    // Safari has no idle time to ask for.
    if (window.requestIdleCallback === undefined) window.setTimeout(fetch, LATEST_MS);
    else window.requestIdleCallback(fetch, { timeout: LATEST_MS });
  }
}

declare global {
  /** Given by the page, which knows the script's address. */
  function loadForeign(): Promise<Foreign>;
}
