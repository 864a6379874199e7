// How long a text is, as people who write Chinese and English count it. A table of what is a word; no documents.

export interface Count {
  /** Every ideograph and kana is one, and so is whatever else stands between two blanks and holds a letter or digit. */
  words: number;
  /** Everything that can be seen, and blanks. */
  characters: number;
  /** The same without blanks. */
  withoutSpaces: number;
}

export const NOTHING_COUNTED: Count = { words: 0, characters: 0, withoutSpaces: 0 };

/** Ideographs and kana; ー lengthens the kana in front of it and is written like one. */
const IDEOGRAPHIC = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Bopomofo}ーｰ";
/** What ASCII writes inside of words: 1,204, user-friendly, it's, and/or. Other punctuation always ends one. */
const JOINS = "!-/:-@\\[-`{-~’";
const WORD = new RegExp(`[${IDEOGRAPHIC}]|(?:(?![${IDEOGRAPHIC}])[\\p{L}\\p{N}\\p{M}${JOINS}])+`, "gu");
const HOLDS_A_WORD = /[\p{L}\p{N}]/u;
/** Accents and joiners are part of the character they belong to. */
const UNSEEN = /[\p{M}\p{Cf}\p{Cc}]/gu;
const SURROGATE_PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;
const BLANK = /\s/g;

function lengthInCharacters(text: string): number {
  return text.length - (text.match(SURROGATE_PAIR)?.length ?? 0);
}

/** Counts one line. */
export function countText(text: string): Count {
  if (text === "") return NOTHING_COUNTED;
  const words = (text.match(WORD) ?? []).filter((run) => HOLDS_A_WORD.test(run)).length;
  const seen = text.replace(/[\t\n]/g, " ").replace(UNSEEN, "");
  const characters = lengthInCharacters(seen);
  return { words, characters, withoutSpaces: characters - (seen.match(BLANK)?.length ?? 0) };
}

export function sum(a: Count, b: Count): Count {
  return { words: a.words + b.words, characters: a.characters + b.characters, withoutSpaces: a.withoutSpaces + b.withoutSpaces };
}
