// What the slash menu offers and which entries match what was typed. No DOM, no editor state.
import { label, type Labels } from "./labels";
import type { Choice } from "./menu";

/** Latin words and pinyin by which an entry is found besides its label. */
const WORDS: Readonly<Record<string, string>> = {
  paragraph: "text paragraph zhengwen zw duanluo dl wenben wb",
  heading1: "h1 heading1 biaoti1 bt1 yijibiaoti",
  heading2: "h2 heading2 biaoti2 bt2 erjibiaoti",
  heading3: "h3 heading3 biaoti3 bt3 sanjibiaoti",
  bullet: "ul list bullet liebiao lb wuxu wx xiangmufuhao",
  ordered: "ol list ordered numbered bianhao bh youxu yx liebiao lb",
  check: "todo check list daiban db renwu qingdan qd jiancha",
  quote: "quote yinyong yy",
  callout: "callout note tip hint tishi ts biaozhu bz zhuyi zy qiangdiao",
  code: "code program daima dm chengxu cx",
  divider: "divider line rule hr fengexian fgx fenge fg hengxian hx",
  image: "image picture photo figure tupian tp zhaopian zp jietu jt tu",
  table: "table grid biaoge bg",
  mention: "mention person people date day at tidao td tiji tj renyuan ry riqi rq",
  section: "section part zhangjie zj bufen bf",
  topic: "topic agenda yiti yt yicheng yc",
  requirement: "requirement req xuqiu xq",
  goal: "goal mubiao mb",
  deliverable: "deliverable jiaofuwu jfw jiaofu jf",
  decision: "decision consensus jueding jd jueyi jy gongshi gs",
  question: "question issue wenti wt yiwen yw",
  action: "action xingdong xd daiban db",
  risk: "risk fengxian fx",
};

const BLOCKS = ["paragraph", "heading1", "heading2", "heading3", "bullet", "ordered", "check", "quote", "callout", "code", "divider", "image", "table", "section"] as const;
const HINTS: Readonly<Record<string, string>> = {
  heading1: "#",
  heading2: "##",
  heading3: "###",
  bullet: "-",
  ordered: "1.",
  check: "[]",
  quote: ">",
  callout: "!",
  code: "```",
  divider: "---",
};

/** Entries that can be made where the caret is: which items, and whether parts and tables (they cannot begin in an item). */
export function slashEntries(labels: Labels, options: { items: readonly string[]; sections: boolean }): Choice[] {
  const blocks = BLOCKS.filter((name) => options.sections || (name !== "section" && name !== "table")).map((name): Choice => {
    const hint = HINTS[name];
    return {
      id: name,
      label: label(labels, `block_${name}`),
      group: label(labels, "menu_blocks"),
      ...(hint === undefined ? {} : { hint }),
    };
  });
  const items = options.items.map((kind): Choice => ({ id: `item:${kind}`, label: label(labels, `kind_${kind}`), group: label(labels, "menu_items") }));
  const mention: Choice = { id: "mention", label: label(labels, "menu_mention"), group: label(labels, "menu_insert"), hint: "@" };
  return [...items, ...blocks, mention];
}

/** Entries whose label or one of whose words begins with or holds the query; better matches first. */
export function filterEntries(entries: readonly Choice[], query: string): Choice[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === "") return [...entries];
  const ranked = entries.map((entry) => ({ entry, rank: rankOf(entry, wanted) })).filter(({ rank }) => rank > 0);
  return ranked.sort((a, b) => b.rank - a.rank).map(({ entry }) => entry);
}

function rankOf(entry: Choice, wanted: string): number {
  const name = entry.label.toLocaleLowerCase();
  const words = (WORDS[entry.id.replace(/^item:/, "")] ?? "").split(" ");
  if (name === wanted || words.includes(wanted)) return 4;
  if (name.startsWith(wanted)) return 3;
  if (words.some((word) => word.startsWith(wanted))) return 2;
  return name.includes(wanted) ? 1 : 0;
}

/** Characters that open the menu: the slash, its full-width form, and the key it is on with a Chinese layout. */
const TRIGGERS = "/／、";
/** Longest query looked at: past it the slash was just a slash. */
const MAX_QUERY_LENGTH = 24;

/** The trigger and query that end at the caret, given the text of the block before it. */
export function slashQuery(textBefore: string): { length: number; query: string } | null {
  for (let at = textBefore.length - 1; at >= Math.max(0, textBefore.length - 1 - MAX_QUERY_LENGTH); at--) {
    const character = textBefore.charAt(at);
    if (/\s/.test(character)) return null;
    if (!TRIGGERS.includes(character)) continue;
    const opensWord = at === 0 || /\s/.test(textBefore.charAt(at - 1));
    return opensWord ? { length: textBefore.length - at, query: textBefore.slice(at + 1) } : null;
  }
  return null;
}
