// Words that sound like a requirement and cannot be checked (R4), in Chinese and English, and why each is weak.
// A table and how to find its words in a line; it knows nothing of editors.

/** Why a word is vague; the sentence for a person is the label `vague_<reason>`. */
export type Reason = "when" | "how_much" | "how_many" | "open_list" | "taste" | "undecided" | "who" | "condition";
export const REASONS: readonly Reason[] = ["when", "how_much", "how_many", "open_list", "taste", "undecided", "who", "condition"];

export interface VagueWord {
  /** UTF-16 offsets in the line. */
  from: number;
  to: number;
  reason: Reason;
}

const CHINESE: Readonly<Record<Reason, string>> = {
  when: "尽快 尽早 及时 即时 马上 立即 立刻 近期 适时 定期 随时 不久",
  how_much: "适当 适度 适量 合理 足够 充分 大幅 显著 明显 较快 较好 较高 较低 更快 更好 快速 高效 高性能 高可用 尽可能 尽量 一定程度 基本上 最优 最佳",
  how_many: "若干 一些 少量 大量 多个 部分用户 大部分 多数 绝大多数",
  open_list: "等等 诸如 之类 包括但不限于 例如但不限于",
  taste: "友好 美观 漂亮 大气 简洁 易用 好用 方便 便捷 灵活 人性化 直观 流畅 高端 智能化 现代化",
  undecided: "待定 待确认 待补充 再议 以后再说 暂不确定",
  who: "相关部门 相关人员 有关部门 有关人员 相关方",
  condition: "必要时 如有需要 视情况 根据情况 原则上 一般情况下 特殊情况",
};

const ENGLISH: Readonly<Record<Reason, string>> = {
  when: "as soon as possible|asap|timely|in a timely manner|soon|shortly|immediately|promptly|periodically|regularly|from time to time",
  how_much: "appropriate|appropriately|adequate|adequately|sufficient|sufficiently|reasonable|reasonably|significantly|substantially|fast|faster|quick|quickly|efficient|efficiently|high performance|highly available|as much as possible|where possible|optimal|best possible",
  how_many: "some|several|many|few|a lot of|various|a number of|most users",
  open_list: "etc|and so on|and so forth|including but not limited to",
  taste: "user-friendly|user friendly|easy to use|easy-to-use|intuitive|simple|nice|beautiful|modern|flexible|seamless|seamlessly|robust|convenient|state of the art|state-of-the-art|world-class",
  undecided: "tbd|tbc|to be determined|to be defined|to be decided|to be confirmed|not decided yet",
  who: "relevant parties|relevant stakeholders|the relevant department",
  condition: "if necessary|if needed|if required|as needed|as required|as appropriate|if possible|where appropriate|in principle|normally",
};

// No lookbehind below: browsers of phones a few years old do not know it, and would not start the editor at all.
/** 等 ends a list only in front of a stop or a noun it leaves open; 等待, 等级 are words of their own. */
const OPEN_LIST = "等(?=[。，；;,.、）)]|$|功能|内容|信息|数据|方面|情况|问题|操作|方式)";

/** Characters with which 等 makes a word: 平等, 优等, 一等. */
const MAKES_A_WORD = /[\s平同相均对劣优上中下高初次一二三特]$/;
const LETTER_BEFORE = /[\p{L}\p{N}-]$/u;

interface Finder {
  pattern: RegExp;
  reasons: ReadonlyMap<string, Reason>;
}

const finder: Finder = build();

function build(): Finder {
  const reasons = new Map<string, Reason>();
  const chinese: string[] = [];
  const english: string[] = [];
  for (const reason of REASONS) {
    for (const word of CHINESE[reason].split(" ")) {
      reasons.set(word, reason);
      chinese.push(word);
    }
    for (const word of ENGLISH[reason].split("|")) {
      reasons.set(word, reason);
      english.push(word);
    }
  }
  reasons.set("等", "open_list");
  const longestFirst = (words: string[]): string => words.sort((a, b) => b.length - a.length).join("|");
  return { pattern: new RegExp(`${longestFirst(chinese)}|${OPEN_LIST}|(?:${longestFirst(english)})(?![\\p{L}\\p{N}-])`, "giu"), reasons };
}

/** The vague words of a line, in order. */
export function vagueWords(line: string): VagueWord[] {
  const found: VagueWord[] = [];
  for (const match of line.matchAll(finder.pattern)) {
    const reason = finder.reasons.get(match[0].toLowerCase());
    if (reason !== undefined && standsAlone(match[0], line.slice(0, match.index))) found.push({ from: match.index, to: match.index + match[0].length, reason });
  }
  return found;
}

/** Whether a word is not the end of a longer one, as “fast” in “breakfast”. */
function standsAlone(word: string, before: string): boolean {
  if (word === "等") return before.length >= 2 && !MAKES_A_WORD.test(before);
  return !/^[a-z]/i.test(word) || !LETTER_BEFORE.test(before);
}
