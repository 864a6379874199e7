// The icons the editor draws itself: lucide's outlines (ISC licence), put in by the bundler as text.
import read from "lucide-static/icons/book-open.svg";
import bold from "lucide-static/icons/bold.svg";
import chevron from "lucide-static/icons/chevron-down.svg";
import code from "lucide-static/icons/code.svg";
import grip from "lucide-static/icons/grip-vertical.svg";
import highlighter from "lucide-static/icons/highlighter.svg";
import italic from "lucide-static/icons/italic.svg";
import link from "lucide-static/icons/link.svg";
import down from "lucide-static/icons/arrow-down.svg";
import matchCase from "lucide-static/icons/case-sensitive.svg";
import pause from "lucide-static/icons/pause.svg";
import play from "lucide-static/icons/play.svg";
import write from "lucide-static/icons/pencil-line.svg";
import replace from "lucide-static/icons/replace.svg";
import search from "lucide-static/icons/text-search.svg";
import strikethrough from "lucide-static/icons/strikethrough.svg";
import underline from "lucide-static/icons/underline.svg";
import up from "lucide-static/icons/arrow-up.svg";
import wholeWord from "lucide-static/icons/whole-word.svg";
import close from "lucide-static/icons/x.svg";

const OUTLINES = {
  bold, italic, underline, strike: strikethrough, highlight: highlighter, code, link, chevron, play, pause,
  search, replace, up, down, close, case: matchCase, word: wholeWord, read, write, grip,
} as const;
export type IconName = keyof typeof OUTLINES;

/** A new icon of the size of the text around it. It is only seen: whatever carries it has a name. */
export function icon(document: Document, name: IconName): Element {
  const outline = new DOMParser().parseFromString(OUTLINES[name], "image/svg+xml").documentElement;
  const svg = document.importNode(outline, true);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}
