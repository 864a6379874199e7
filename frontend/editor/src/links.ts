// Which addresses may become a link. Checked when a link is made and again whenever one is drawn.
// It does not fetch, resolve or shorten anything.

const ALLOWED = new Set(["http:", "https:", "mailto:", "tel:"]);
const CONTROL = /[\u0000-\u0020\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g;
/** Longer than any address a person pastes; keeps one mark small. */
export const MAX_HREF_LENGTH = 2048;

/** The address to use, or null when it is not one of http, https, mailto, tel. */
export function safeHref(raw: string): string | null {
  const address = raw.replace(CONTROL, "");
  if (address === "" || address.length > MAX_HREF_LENGTH) return null;
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*:)/.exec(address)?.[1]?.toLowerCase();
  return scheme !== undefined && ALLOWED.has(scheme) ? address : null;
}

/** What a person typed, with the scheme they left out: "example.com" → "https://example.com". */
export function completeHref(typed: string): string | null {
  const address = typed.replace(CONTROL, "");
  if (address === "") return null;
  if (/^[^\s@/:]+@[^\s@/]+\.[^\s@/]+$/.test(address)) return safeHref(`mailto:${address}`);
  const hostAndPort = /^[^\s/:]+(\.[^\s/:]+)+(:\d+)?([/?#].*)?$/.test(address);
  const schemed = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(address) && !hostAndPort;
  return safeHref(schemed ? address : `https://${address}`);
}
