// The words of a project (L5): where they are found, and that what is drawn follows typing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EditorState } from "prosemirror-state";
import { setBlock } from "../src/commands";
import { glossary, shownTerms } from "../src/glossary";
import { type Term, Terms } from "../src/terms";
import { Person } from "./person";

const TERMS: readonly Term[] = [
  { word: "对账单", also: "statement", meaning: "每月五日的总额" },
  { word: "对账", also: "", meaning: "比较两边的数" },
  { word: "C++ (v2)", also: "SLA", meaning: "…" },
];

function found(line: string): string[] {
  return new Terms(TERMS).in(line).map(({ from, to, term }) => `${line.slice(from, to)}:${term.word}`);
}

test("the longest word is found, in any case, and not inside of longer words of letters", () => {
  assert.deepEqual(found("下载对账单后再对账"), ["对账单:对账单", "对账:对账"]);
  assert.deepEqual(found("Statement, STATEMENT: statements understatement"), ["Statement:对账单", "STATEMENT:对账单"]);
  assert.deepEqual(found("按SLA执行，SLAs"), ["SLA:C++ (v2)"]);
  assert.deepEqual(found("c++ (v2)"), ["c++ (v2):C++ (v2)"]);
  assert.deepEqual(found(""), []);
  assert.deepEqual(new Terms([]).in("对账单"), []);
});

test("three hundred words in a long line are found at once", () => {
  const many = Array.from({ length: 300 }, (_, n): Term => ({ word: `词${n}号`, also: `word${n}`, meaning: "…" }));
  assert.equal(new Terms(many).in("词7号，word299。".repeat(500)).length, 1_000);
});

function reader(): Person {
  const person = new Person().caret("s/s3/body", 0);
  const plugins = [...person.state.plugins, glossary({ terms: TERMS, composing: () => false })];
  person.state = EditorState.create({ doc: person.state.doc, selection: person.state.selection, plugins });
  return person;
}

test("what is drawn follows typing, and code explains nothing", () => {
  const person = reader();
  const words = (): string[] => shownTerms(person.state).map(({ term }) => term.word);
  person.type("先对账");
  assert.deepEqual(words(), ["对账"]);
  person.type("单");
  assert.deepEqual(words(), ["对账单"]);
  person.press(setBlock("code"));
  assert.deepEqual(words(), []);
  person.press(setBlock("paragraph"));
  assert.deepEqual(words(), ["对账单"]);
});
