// How long a text is: what is a word in Chinese, Japanese and English, and that selections and whole documents agree.
import assert from "node:assert/strict";
import { test } from "node:test";
import { countBetween } from "../src/count_view";
import { countText } from "../src/word_count";
import { Person } from "./person";
import { itemTree, paragraph, sampleTree } from "./world";

function counted(text: string): number[] {
  const { words, characters, withoutSpaces } = countText(text);
  return [words, characters, withoutSpaces];
}

test("an ideograph is a word, and so is what stands between blanks; punctuation is a character only", () => {
  for (const [text, ...expected] of [
    ["", 0, 0, 0],
    ["会签", 2, 2, 2],
    ["系统应在 2 秒内响应。", 9, 12, 10],
    ["The user-friendly API, it's v2.0 (beta).", 6, 40, 35],
    ["1,204 字", 2, 7, 6],
    ["支持PDF、Word导出", 6, 12, 12],
    ["カタカナのテスト", 8, 8, 8],
    ["コーヒー", 4, 4, 4],
    ["데이터 검증", 2, 6, 5],
    ["，。！？—…", 0, 6, 6],
    ["- & -", 0, 5, 3],
    ["𠮷野家", 3, 3, 3],
    ["👍🏽 好", 1, 4, 3],
    ["e\u0301te\u0301", 1, 3, 3],
    ["全角　空格", 4, 5, 4],
    ["ＡＢＣ　１２", 2, 6, 5],
    ["a\u200bb\tc", 3, 4, 3],
  ] as [string, ...number[]][]) {
    assert.deepEqual(counted(text), expected, text);
  }
});

test("a document counts its titles, parts and items; a selection what is in it; a changed line anew", () => {
  const tree = sampleTree();
  tree.title = "云仓";
  tree.sections = [{ id: "s1", role: null, order: "a", heading: "背景", body: [paragraph("", { runs: [{ text: "加" }, { text: "粗的 two", marks: { bold: true } }, { text: "fold" }] }), { type: "item", item: "i1", indent: 0, quote: false }] }] as never;
  tree.items = { i1: itemTree("i1", "扫码", [paragraph("一 b")], [paragraph("验收")]) };
  const person = new Person(tree);
  const { doc } = person.state;
  assert.equal(countBetween(doc, 0, doc.content.size).words, 2 + 2 + 4 + 2 + 2 + 2);
  person.caret("s/s1/body", 1, 3);
  const { from, to } = person.state.selection;
  assert.deepEqual(countBetween(doc, from, to), { words: 2, characters: 2, withoutSpaces: 2 });
  person.caret("s/s1/body", 0).keys("又");
  assert.equal(countBetween(person.state.doc, 0, person.state.doc.content.size).words, 15);
});
