// Topics of a meeting: their timer, the minutes somebody writes, and what is made under them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { undo } from "prosemirror-history";
import { readMinutes } from "../src/field_editor";
import { insertItem } from "../src/item_commands";
import { findItem } from "../src/positions";
import { clock, insertOutcome, isOver, secondsSpent, toggleTimer } from "../src/topic";
import { pickEntry } from "../src/slash";
import type { DocTree } from "../src/tree";
import { Person } from "./person";
import { itemTree, paragraph } from "./world";

const MINUTE = 60_000;
const NOON = 1_790_000_000_000;

function meeting(): DocTree {
  const place = (item: string) => ({ type: "item" as const, item, indent: 0, quote: false });
  const topic = (id: string, title: string) => ({ ...itemTree(id, title, [paragraph("")]), kind: "topic", fields: {} });
  return {
    schema: 1,
    kind: "meeting_notes",
    language: "zh-CN",
    title: "周会",
    fields: {},
    sections: [{ id: "s1", role: "content", order: "a", heading: "主要内容", body: [place("t1"), place("a1"), place("t2"), paragraph("散会")] }],
    items: { t1: topic("t1", "上线"), t2: topic("t2", "预算"), a1: { ...itemTree("a1", "查日志"), kind: "action", fields: { status: "open" } } },
  } as DocTree;
}

function order(person: Person): string[] {
  return person.model.blocks("s/s1/body").map((block) => block.item ?? "text");
}

function fieldsOfTopic(person: Person, id: string): Record<string, string> {
  return person.model.item(id)!.fields as Record<string, string>;
}

// SPEC: D19
test("a topic's timer goes on where it paused, and only one runs", () => {
  const person = new Person(meeting());
  const press = (id: string, now: number): void => person.dispatch(toggleTimer(person.state, findItem(person.state.doc, id)!.pos, now));
  press("t1", NOON);
  assert.deepEqual(fieldsOfTopic(person, "t1"), { since: String(NOON) });
  press("t2", NOON + 3 * MINUTE);
  assert.deepEqual(fieldsOfTopic(person, "t1"), { spent: "180" });
  assert.deepEqual(fieldsOfTopic(person, "t2"), { since: String(NOON + 3 * MINUTE) });
  press("t1", NOON + 4 * MINUTE);
  assert.equal(secondsSpent(fieldsOfTopic(person, "t1"), NOON + 5 * MINUTE), 240);
  assert.deepEqual(fieldsOfTopic(person, "t2"), { spent: "60" });
  press("t1", NOON + 5 * MINUTE);
  assert.deepEqual(fieldsOfTopic(person, "t1"), { spent: "240" });
});

test("undo takes back what was typed, not the timer", () => {
  const person = new Person(meeting()).caret("i/t1/body", 0);
  person.type("先看日志");
  person.dispatch(toggleTimer(person.state, findItem(person.state.doc, "t1")!.pos, NOON));
  person.press(undo);
  assert.deepEqual(fieldsOfTopic(person, "t1"), { since: String(NOON) });
  assert.deepEqual(person.lines("i/t1/body"), ["paragraph: "]);
});

test("a clock that is ahead, a timer nobody stopped and nonsense count for no harm", () => {
  assert.equal(secondsSpent({ since: String(NOON + MINUTE) }, NOON), 0);
  assert.equal(secondsSpent({ since: String(NOON) }, NOON + 72 * 60 * MINUTE), 8 * 60 * 60);
  assert.equal(secondsSpent({ since: "yesterday", spent: "long" }, NOON), 0);
  assert.equal(secondsSpent({ spent: "-5" }, NOON), 0);
  assert.equal(isOver({ minutes: "10", spent: "600" }, NOON), false);
  assert.equal(isOver({ minutes: "10", spent: "601" }, NOON), true);
  assert.equal(isOver({ spent: "9999" }, NOON), false);
  assert.deepEqual([clock(0), clock(61), clock(6000)], ["0:00", "1:01", "100:00"]);
});

test("minutes are read in digits of any width, within a working day, and nonsense changes nothing", () => {
  assert.deepEqual(["10", "１５", " 20 分钟", "0", "abc", "99999", "-5", ""].map((written) => readMinutes(written, "7")), ["10", "15", "20", "7", "7", "480", "5", ""]);
});

test("what comes of a topic stands under it, behind what came before, in front of the next topic", () => {
  const person = new Person(meeting());
  person.dispatch(insertOutcome(person.state, findItem(person.state.doc, "t1")!.pos, person.newId(), "decision"));
  assert.deepEqual(order(person), ["t1", "a1", "new1", "t2", "text"]);
  assert.equal(person.here, "i/new1/title@0");
  assert.deepEqual(person.model.item("new1")!.fields, { status: "draft" });
  person.dispatch(insertOutcome(person.state, findItem(person.state.doc, "t2")!.pos, person.newId(), "risk"));
  assert.deepEqual(order(person), ["t1", "a1", "new1", "t2", "new2", "text"]);
});

test("the slash menu in a topic's notes makes what came of it, and a new topic stands behind all of that", () => {
  const person = new Person(meeting()).caret("i/t1/body", 1).keys("/xd");
  person.dispatch(pickEntry(person.state, "item:action", 3, person.newId));
  assert.deepEqual(order(person), ["t1", "a1", "new1", "t2", "text"]);
  assert.deepEqual(person.lines("i/t1/body"), ["paragraph: "]);
  person.caret("i/t1/title", 0);
  person.dispatch(insertItem(person.state.tr, person.newId(), "topic"));
  assert.deepEqual(order(person), ["t1", "a1", "new1", "new2", "t2", "text"]);
});
