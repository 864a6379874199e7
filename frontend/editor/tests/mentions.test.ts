// Naming people and days: what opens the menu, what it offers, and what picking does to the text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { undo } from "prosemirror-history";
import { dayAfter, isDay, nextMonday, readDay } from "../src/days";
import { mentionChoices, mentionQuery, pickMention, type MentionContext } from "../src/mentions";
import { Person } from "./person";
import { sampleTree } from "./world";

const WANG = { id: "0123456789abcdef0123456789abcdef", name: "王敏" };
const ALEX = { id: "fedcba9876543210fedcba9876543210", name: "Alex Chen" };
/** A Wednesday. */
const NOW = new Date(2026, 10, 25, 23, 59);
const CONTEXT: MentionContext = { labels: { day_today: "今天", day_tomorrow: "明天", day_monday: "下周一" }, people: [WANG, ALEX], now: () => NOW };

test("an at sign opens it, of either width, and not inside an address", () => {
  assert.deepEqual(mentionQuery("@"), { length: 1, query: "" });
  assert.deepEqual(mentionQuery("请＠王"), { length: 2, query: "王" });
  assert.deepEqual(mentionQuery("(@al"), { length: 3, query: "al" });
  for (const text of ["mail@", "li.na@huatong", "a @b c", "", "@@"]) assert.notDeepEqual(mentionQuery(text)?.query, "huatong", text);
  assert.equal(mentionQuery("mail@h"), null);
  assert.equal(mentionQuery("@王 敏"), null);
  assert.equal(mentionQuery(`@${"a".repeat(25)}`), null);
});

test("days are days of the calendar, and a day without a year is the next one", () => {
  assert.ok(isDay("2028-02-29") && !isDay("2026-02-29") && !isDay("2026-2-9") && !isDay("0000-01-01"));
  assert.deepEqual([dayAfter(NOW, 0), dayAfter(NOW, 1), nextMonday(NOW)], ["2026-11-25", "2026-11-26", "2026-11-30"]);
  assert.equal(nextMonday(new Date(2026, 10, 30)), "2026-12-07", "on a Monday the next one is in a week");
  assert.equal(readDay("2026/12/1", NOW), "2026-12-01");
  assert.equal(readDay("2026年12月1日", NOW), "2026-12-01");
  assert.equal(readDay("12月1日", NOW), "2026-12-01");
  assert.equal(readDay("1-5", NOW), "2027-01-05");
  assert.equal(readDay("11-25", NOW), "2026-11-25", "today is not over");
  assert.deepEqual([readDay("13-1", NOW), readDay("2026-02-30", NOW), readDay("王", NOW)], [null, null, null]);
});

test("it offers people by their names and days by their words or figures", () => {
  const ids = (query: string): string[] => mentionChoices(CONTEXT, query).map(({ id }) => id);
  assert.deepEqual(ids(""), [`person:${WANG.id}`, `person:${ALEX.id}`, "day:2026-11-25", "day:2026-11-26", "day:2026-11-30"]);
  assert.deepEqual(ids("敏"), [`person:${WANG.id}`]);
  assert.deepEqual(ids("alex"), [`person:${ALEX.id}`]);
  assert.deepEqual(ids("明"), ["day:2026-11-26"]);
  assert.deepEqual(ids("12-01"), ["day:2026-12-01"]);
  assert.deepEqual(ids("nobody"), []);
});

test("picking is one step of undo and leaves the words after it alone", () => {
  const person = new Person(sampleTree());
  person.caret("s/s1/body", 1);
  person.type("@王");
  const before = person.state.doc;
  const tr = pickMention(person.state, `person:${WANG.id}`, 2, CONTEXT.people)!;
  person.dispatch(tr);
  const { $head } = person.state.selection;
  assert.ok($head.parent.textContent.startsWith("@王敏 "));
  const [name, blank] = [$head.parent.child(0), $head.parent.child(1)];
  assert.deepEqual(name.marks.map(({ type, attrs }) => [type.name, attrs["person"]]), [["mention", WANG.id]]);
  assert.deepEqual(blank.marks, []);
  person.press(undo);
  assert.ok(person.state.doc.eq(before));
  assert.equal(pickMention(person.state, "person:gone", 2, CONTEXT.people), null);
});
