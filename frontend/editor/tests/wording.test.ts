// Vague words (R4): which are found, that typing keeps the hints equal to a fresh look, and that "fine here" stays.
import assert from "node:assert/strict";
import { test } from "node:test";
import { undo } from "prosemirror-history";
import { enter, forwardDelete, setBlock, toggleQuote } from "../src/commands";
import { vagueWords } from "../src/vague_words";
import { allHints, keepWording, shownHints } from "../src/wording";
import { Person } from "./person";

function found(line: string): string[] {
  return vagueWords(line).map(({ from, to, reason }) => `${line.slice(from, to)}:${reason}`);
}

test("vague words in Chinese and English, each with its reason", () => {
  assert.deepEqual(found("页面要尽快打开，界面友好，支持微信、支付宝等。"), ["尽快:when", "友好:taste", "等:open_list"]);
  assert.deepEqual(found("预算待定，由相关部门在必要时适当调整。"), ["待定:undecided", "相关部门:who", "必要时:condition", "适当:how_much"]);
  assert.deepEqual(found("It must be user-friendly, fast, and answer ASAP (TBD)."), ["user-friendly:taste", "fast:how_much", "ASAP:when", "TBD:undecided"]);
  assert.deepEqual(found("Exports to PDF, Word, etc."), ["etc:open_list"]);
  assert.deepEqual(found("支持订单、退款等功能"), ["等:open_list"]);
});

test("words that only look like it are left alone", () => {
  for (const line of ["等待时间不超过 3 秒", "会员等级分三级", "平等对待", "breakfast at noon", "fasten the belt", "sometimes", "某某等级", "在 2 秒内打开", "Soonest", ""]) {
    assert.deepEqual(found(line), [], line);
  }
});

function same(person: Person): void {
  const shown = shownHints(person.state).map(({ from, to, reason }) => [from, to, reason]);
  assert.deepEqual(shown, allHints(person.state.doc).map(({ from, to, reason }) => [from, to, reason]));
}

test("hints follow typing, splitting, joining, and what a line becomes", () => {
  const person = new Person().caret("s/s3/body", 0);
  for (const letter of "界面友好并尽快上线") {
    person.keys(letter);
    same(person);
  }
  assert.deepEqual(shownHints(person.state).map(({ reason }) => reason), ["taste", "when"]);
  person.caret("s/s3/body", 3).press(enter);
  same(person);
  assert.equal(shownHints(person.state).length, 1, "友 and 好 stand on two lines");
  person.caret("s/s3/body", 3).press(forwardDelete);
  same(person);
  assert.equal(shownHints(person.state).length, 2);
  for (const [command, left] of [[toggleQuote, 0], [toggleQuote, 2], [setBlock("code"), 0], [setBlock("paragraph"), 2]] as const) {
    person.press(command);
    same(person);
    assert.equal(shownHints(person.state).length, left);
  }
});

test("words said to be fine stay fine while the line is written on, and undo asks again", () => {
  const person = new Person().caret("s/s3/body", 0).keys("界面友好");
  person.dispatch(keepWording(person.state, shownHints(person.state)[0]!));
  assert.deepEqual(shownHints(person.state), []);
  person.keys("，尽快");
  assert.deepEqual(shownHints(person.state).map(({ reason }) => reason), ["when"]);
  assert.deepEqual(person.model.blocks("s/s3/body").flatMap((block) => block.runs ?? []), [{ text: "界面" }, { text: "友好", marks: { wording_ok: true } }, { text: "，尽快" }]);
  person.press(undo);
  person.press(undo);
  same(person);
});
