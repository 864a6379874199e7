// How other programs write what HTML has words for: lists of Word and WPS that are paragraphs, bold that is a style,
// check boxes of 飞书 and of web pages. Only reading; the walk is in paste_blocks.ts.
import { isDay } from "./days";
import { linkMarks, type PastedNode } from "./paste_blocks";
import type { BlockHead, MarkSet } from "./tree";

const ELEMENT = 1;
const ORDERED_MARKER = /^[\s(（]*(\d+|[a-zA-Z]|[ivxlcIVXLC]+|[一二三四五六七八九十百]+)(\.\d+)*[.、)）．:：]/;

function styleOf(node: PastedNode): string {
  return (node.getAttribute?.("style") ?? "").toLowerCase();
}

/** A paragraph of Word or WPS that is an entry of a list: its level and kind, and its content without the marker. */
export function wordList(node: PastedNode): { type: "bullet" | "ordered"; indent: number; content: PastedNode[] } | null {
  const level = /mso-list:\s*[a-z]*\d+\s+level(\d)/.exec(styleOf(node));
  if (level === null) return null;
  let marker = "";
  const content: PastedNode[] = [];
  for (let index = 0; index < node.childNodes.length; index++) {
    const child = node.childNodes[index]!;
    if (isMarker(child)) marker += child.textContent ?? "";
    else content.push(child);
  }
  const type = ORDERED_MARKER.test(marker.replace(/\u00a0/g, " ")) ? "ordered" : "bullet";
  return { type, indent: Math.min(8, Number(level[1]) - 1), content };
}

function isMarker(node: PastedNode): boolean {
  if (node.nodeType !== ELEMENT) return false;
  if (/mso-list:\s*ignore/.test(styleOf(node))) return true;
  // Word wraps the marker in a span with the font of the bullet.
  if (node.childNodes.length === 0) return false;
  for (let index = 0; index < node.childNodes.length; index++) {
    const child = node.childNodes[index]!;
    if (child.nodeType === ELEMENT && !isMarker(child)) return false;
    if (child.nodeType !== ELEMENT && (child.textContent ?? "").trim() !== "") return false;
  }
  return true;
}

/** What an <li> is: its list's kind, or a check box where it carries one. */
export function listEntryOf(node: PastedNode, list: { type: "bullet" | "ordered" | "check"; indent: number }): BlockHead {
  const level = /^\d+$/.exec(node.getAttribute?.("aria-level") ?? "");
  const indent = level === null ? list.indent : Math.min(8, Math.max(0, Number(level[0]) - 1));
  const checked = checkOf(node);
  return checked === null ? { type: list.type, indent } : { type: "check", checked, indent };
}

function checkOf(node: PastedNode): boolean | null {
  const own = node.getAttribute?.("data-checked") ?? (node.getAttribute?.("role") === "checkbox" ? node.getAttribute("aria-checked") : null);
  if (own !== null && own !== undefined) return own === "true";
  const kind = node.getAttribute?.("data-list") ?? "";
  if (/^(check|todo|unchecked)$/.test(kind)) return false;
  if (/^(checked|done)$/.test(kind)) return true;
  for (let index = 0; index < Math.min(3, node.childNodes.length); index++) {
    const child = node.childNodes[index]!;
    if (child.nodeName.toUpperCase() === "INPUT" && child.getAttribute?.("type") === "checkbox") return child.getAttribute("checked") !== null;
  }
  return null;
}

/** The marks inside an element: by its name, by its style, and taken away where a style says so. */
export function marksOfElement(node: PastedNode, name: string, around: MarkSet): MarkSet {
  let marks: MarkSet = { ...around };
  if (name === "B" || name === "STRONG") marks["bold"] = true;
  if (name === "I" || name === "EM" || name === "CITE") marks["italic"] = true;
  if (name === "U" || name === "INS") marks["underline"] = true;
  if (name === "S" || name === "DEL" || name === "STRIKE") marks["strike"] = true;
  if (name === "MARK") marks["highlight"] = true;
  if (name === "CODE" || name === "KBD" || name === "SAMP" || name === "TT") marks["code"] = true;
  const person = node.getAttribute?.("data-person") ?? "";
  if (/^[0-9a-f]{32}$/.test(person)) marks["mention"] = person;
  const day = name === "TIME" ? (node.getAttribute?.("datetime") ?? "") : "";
  if (isDay(day)) marks["date"] = day;
  if (name === "A") marks = linkMarks(marks, node.getAttribute?.("href") ?? null);
  const style = styleOf(node);
  const weight = /(?:^|;)\s*font-weight:\s*(\w+)/.exec(style)?.[1];
  if (weight !== undefined) {
    if (weight === "bold" || weight === "bolder" || Number(weight) >= 600) marks["bold"] = true;
    else delete marks["bold"];
  }
  const slant = /(?:^|;)\s*font-style:\s*(\w+)/.exec(style)?.[1];
  if (slant === "italic") marks["italic"] = true;
  if (slant === "normal") delete marks["italic"];
  const line = /(?:^|;)\s*text-decoration(?:-line)?:\s*([^;]+)/.exec(style)?.[1];
  // A link is underlined everywhere; that is no emphasis.
  if (line?.includes("underline") === true && marks["link"] === undefined) marks["underline"] = true;
  if (line?.includes("line-through") === true) marks["strike"] = true;
  if (line?.trim() === "none") {
    delete marks["underline"];
    delete marks["strike"];
  }
  return marks;
}
