// The words a project has explained (L5), found where they stand in a line. No DOM, no editor state.

/** A word of the project and what it means there. */
export interface Term {
  word: string;
  /** How else it is written; may be empty. */
  also: string;
  meaning: string;
}

export interface FoundTerm {
  from: number;
  to: number;
  term: Term;
}

const LETTER = /[A-Za-z0-9À-ɏ]/;

/** Finds a project's words in lines. Made once: every line of a document asks it. */
export class Terms {
  private readonly byWord = new Map<string, Term>();
  private readonly pattern: RegExp | null;

  constructor(terms: readonly Term[]) {
    for (const term of terms) for (const word of [term.word, term.also]) if (word !== "") this.byWord.set(word.toLowerCase(), term);
    // The longest first: 对账单 is not 对账 with something behind it.
    const words = [...this.byWord.keys()].sort((a, b) => b.length - a.length);
    this.pattern = words.length === 0 ? null : new RegExp(words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|"), "giu");
  }

  in(line: string): FoundTerm[] {
    if (this.pattern === null) return [];
    const found: FoundTerm[] = [];
    for (const { 0: word, index } of line.matchAll(this.pattern)) {
      const term = this.byWord.get(word.toLowerCase());
      const to = index + word.length;
      if (term !== undefined && standsAlone(line, index, to)) found.push({ from: index, to, term });
    }
    return found;
  }
}

/** A word of letters is not part of a longer one; Chinese has no such edges. */
function standsAlone(line: string, from: number, to: number): boolean {
  const touches = (inside: number, outside: number): boolean => LETTER.test(line.charAt(inside)) && LETTER.test(line.charAt(outside));
  return !touches(from, from - 1) && !touches(to - 1, to);
}
