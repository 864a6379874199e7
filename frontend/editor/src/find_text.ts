// Finding words in a text: what counts as the same character, what is a whole word, and where the matches of a
// document are. It knows documents and no editors; a line that has not changed is not read twice.
import type { Node } from "prosemirror-model";

/** A search longer than this is a paragraph somebody pasted by mistake. */
export const MAX_QUERY_LENGTH = 200;
/** Nobody walks through more; a letter typed alone must not draw half the document. */
export const MAX_MATCHES = 2_000;

export interface Query {
  text: string;
  matchCase: boolean;
  /** Only where the words stand alone; says nothing about Chinese and Japanese, which have no spaces. */
  wholeWord: boolean;
}

/** Positions in a document; a match never leaves its block. */
export interface Match {
  from: number;
  to: number;
}

/** A text in which characters that count as the same are the same. */
interface Folded {
  text: string;
  /** Where each unit comes from in the text as it stands, and its end; null where nothing has moved. */
  origins: readonly number[] | null;
}

const IDEOGRAPHIC = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u;
const PART_OF_A_WORD = /[\p{L}\p{N}\p{M}_]/u;
const PLAIN_ASCII = /^[\x00-\x7f]*$/;

/** Whether a character belongs to a word that spaces set apart. */
function isLetter(character: string | undefined): boolean {
  return character !== undefined && PART_OF_A_WORD.test(character) && !IDEOGRAPHIC.test(character);
}

/** Ideographs and kana are only themselves; most of a Chinese text needs no look at Unicode's tables. */
function isOnlyItself(code: number): boolean {
  return (code >= 0x3400 && code <= 0x9fff) || (code >= 0x3041 && code <= 0x3096) || (code >= 0x30a1 && code <= 0x30fa);
}

/** Full and half width are one; lower and upper case too, unless asked to keep them apart. */
function foldCharacter(character: string, matchCase: boolean): string {
  const composed = character.normalize("NFKC");
  const plain = [...composed].length === 1 ? composed : character;
  // ı has no partner without a language; İ is i, and not an i with a dot of its own.
  if (matchCase || plain === "ı") return plain;
  if (plain === "İ") return "i";
  return plain.toLowerCase().toUpperCase().toLowerCase();
}

/** Folds character by character, so that a position in the result always has one in the text: ß is two letters. */
export function fold(text: string, matchCase: boolean): Folded {
  if (PLAIN_ASCII.test(text)) return { text: matchCase ? text : text.toLowerCase(), origins: null };
  const origins: number[] = [];
  let folded = "";
  let at = 0;
  for (const character of text) {
    const same = isOnlyItself(character.codePointAt(0)!) ? character : foldCharacter(character, matchCase);
    folded += same;
    for (let unit = 0; unit < same.length; unit++) origins.push(same.length === character.length ? at + unit : at);
    at += character.length;
  }
  origins.push(at);
  const moved = folded.length !== text.length || origins.some((origin, index) => origin !== index);
  return { text: folded, origins: moved ? origins : null };
}

/** Whether asking for whole words changes anything: at one end at least there is a letter that spaces set apart. */
export function hasWordEdge(text: string): boolean {
  const characters = [...text];
  return isLetter(characters[0]) || isLetter(characters[characters.length - 1]);
}

/** The character that ends in front of a place, and the one that starts there. */
function around(text: string, at: number): [string | undefined, string | undefined] {
  const before = text.slice(Math.max(0, at - 2), at);
  return [[...before].pop(), at < text.length ? String.fromCodePoint(text.codePointAt(at)!) : undefined];
}

function cutsAWord(text: string, at: number): boolean {
  const [before, after] = around(text, at);
  return isLetter(before) && isLetter(after);
}

/** A place in a folded text as one in the text itself; null inside of a character that folds to several. */
function originOf({ origins }: Folded, at: number): number | null {
  if (origins === null) return at;
  return at > 0 && origins[at] === origins[at - 1] ? null : origins[at]!;
}

/** The matches in one text, which do not overlap. */
export function findIn(text: string, query: Query, folded: Folded = fold(text, query.matchCase)): Match[] {
  const wanted = fold(query.text, query.matchCase).text;
  const found: Match[] = [];
  if (wanted === "") return found;
  let at = folded.text.indexOf(wanted);
  while (at >= 0 && found.length < MAX_MATCHES) {
    const [from, to] = [originOf(folded, at), originOf(folded, at + wanted.length)];
    const fits = from !== null && to !== null && !(query.wholeWord && (cutsAWord(text, from) || cutsAWord(text, to)));
    if (fits) found.push({ from, to });
    at = folded.text.indexOf(wanted, fits ? at + wanted.length : at + 1);
  }
  return found;
}

/** Folded lines by the nodes that hold them: a node never changes, a changed line is another node. */
const foldedLines = { matchCase: new WeakMap<Node, Folded>(), anyCase: new WeakMap<Node, Folded>() };

function foldedLine(block: Node, text: string, matchCase: boolean): Folded {
  const known = foldedLines[matchCase ? "matchCase" : "anyCase"];
  let folded = known.get(block);
  if (folded === undefined) {
    folded = fold(text, matchCase);
    known.set(block, folded);
  }
  return folded;
}

export interface Found {
  matches: readonly Match[];
  /** Whether there are more than are shown. */
  more: boolean;
}

/** Searches a document for one query, over and over as it changes; only changed lines are looked at again. */
export class Search {
  private readonly lines = new WeakMap<Node, readonly Match[]>();

  constructor(readonly query: Query) {}

  in(doc: Node): Found {
    const matches: Match[] = [];
    let more = false;
    doc.descendants((node, pos) => {
      if (!node.isTextblock) return !more;
      for (const { from, to } of this.line(node)) {
        if (matches.length < MAX_MATCHES) matches.push({ from: pos + 1 + from, to: pos + 1 + to });
        else more = true;
      }
      return false;
    });
    return { matches, more };
  }

  private line(block: Node): readonly Match[] {
    let found = this.lines.get(block);
    if (found === undefined) {
      const text = block.textContent;
      found = text === "" ? [] : findIn(text, this.query, foldedLine(block, text, this.query.matchCase));
      this.lines.set(block, found);
    }
    return found;
  }
}
