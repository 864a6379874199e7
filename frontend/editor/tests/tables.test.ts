// SPEC: D23 D24 D25 E11 E16
// Tables over the real model: what keys and commands do, what goes out, and random work of two people on one table.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { redo, undo } from "prosemirror-history";
import { TextSelection, type Command } from "prosemirror-state";
import { backspace, enter, forwardDelete, removeSelection } from "../src/commands";
import { rowsOf } from "../src/node_kinds";
import { findTable } from "../src/positions";
import {
  addColumn, addRow, backspaceInCell, deleteInCell, enterInTable, insertTable, leaveTable, moveColumn, moveRow, nextCell, previousCell,
  removeColumn, removeRow, removeTable, setColumnWidth, toggleHeader, verticalArrow,
} from "../src/table_commands";
import { chainCommands, toggleMark } from "prosemirror-commands";
import { Oracle } from "./oracle";
import { Replica } from "./replica";
import { canonicalTree, Random, seed } from "./world";

const oracle = new Oracle();
after(() => oracle.close());

function pair(name: string): [Replica, Replica] {
  oracle.ask({ cmd: "bare", replica: `${name}1` });
  const first = new Replica(oracle, `${name}1`);
  caretIn(first, "paragraph", 0);
  assert.ok(make(first));
  oracle.ask({ cmd: "fork", from: `${name}1`, into: `${name}2` });
  return [first, new Replica(oracle, `${name}2`)];
}

function make(replica: Replica): boolean {
  const tr = insertTable(replica.state.tr, () => replica.newId());
  if (tr !== null) replica.dispatch(tr);
  return tr !== null;
}

function starts(replica: Replica, type: string): number[] {
  const found: number[] = [];
  replica.state.doc.descendants((node, pos) => {
    if (node.type.name === type) found.push(pos + 1);
  });
  return found;
}

function caretIn(replica: Replica, type: string, index: number): void {
  const at = starts(replica, type)[index]!;
  replica.dispatch(replica.state.tr.setSelection(TextSelection.create(replica.state.doc, at)));
}

function type(replica: Replica, text: string): void {
  replica.dispatch(replica.state.tr.insertText(text));
}

/** The words of the first table, row by row. */
function words(replica: Replica): string[][] {
  const table = Object.keys(replica.tree().tables ?? {})[0]!;
  const node = findTable(replica.state.doc, table)!.node;
  return rowsOf(node).map((row) => {
    const cells: string[] = [];
    row.forEach((cell) => cells.push(cell.textContent));
    return cells;
  });
}

function ops(replica: Replica): string[] {
  return replica.lastEdits.map((edit) => edit.op);
}

test("a table is made with its marker, and what is typed goes into the Text of its cell alone", () => {
  const [mine, theirs] = pair("made");
  mine.assertSame();
  theirs.assertSame();
  assert.equal(words(mine).length, 3);
  caretIn(mine, "table_cell", 4);
  type(mine, "单价\n元");
  assert.equal(mine.lastEdits.length, 1);
  assert.match(JSON.stringify(mine.lastEdits[0]), /"op":"splice","text":"t\//);
  theirs.merge(mine.name);
  theirs.assertSame();
  assert.deepEqual(Object.keys(theirs.lastUpdate.texts ?? {}).length, 1);
  assert.equal(words(theirs)[1]![1], "单价\n元");
});

test("Tab goes from cell to cell and makes a row at the end; Shift-Tab goes back", () => {
  const [mine] = pair("tab");
  caretIn(mine, "table_cell", 0);
  const tab = nextCell(() => mine.newId());
  for (let cell = 0; cell < 9; cell++) assert.ok(mine.run(tab));
  assert.equal(words(mine).length, 4);
  assert.ok(ops(mine).includes("row_new"));
  type(mine, "new");
  assert.equal(words(mine)[3]![0], "new");
  mine.run(previousCell);
  type(mine, "before");
  assert.equal(words(mine)[2]![2], "before");
  mine.assertSame();
});

test("Enter is a new line in the cell, and no key merges cells or reaches over their edge", () => {
  const [mine] = pair("keys");
  caretIn(mine, "table_cell", 1);
  type(mine, "a");
  assert.ok(mine.run(chainCommands(enterInTable, enter)));
  assert.equal(words(mine)[0]![1], "a\n");
  const before = mine.state.doc;
  for (const [at, edge] of [[starts(mine, "table_cell")[1]!, backspaceInCell], [starts(mine, "table_cell")[1]! + 2, deleteInCell]] as const) {
    mine.dispatch(mine.state.tr.setSelection(TextSelection.create(mine.state.doc, at)));
    assert.ok(mine.run(chainCommands(edge, backspace, forwardDelete)));
    assert.ok(mine.state.doc.eq(before));
  }
  // What is selected over several cells is emptied; the cells stay.
  const cells = starts(mine, "table_cell");
  mine.dispatch(mine.state.tr.setSelection(TextSelection.create(mine.state.doc, cells[0]!, cells[5]!)));
  mine.run(removeSelection);
  assert.deepEqual(words(mine), [["", "", ""], ["", "", ""], ["", "", ""]]);
  mine.assertSame();
});

test("rows and columns come, go, move and come back with their words", () => {
  const [mine, theirs] = pair("lines");
  const newId = (): string => mine.newId();
  for (let cell = 0; cell < 9; cell++) {
    caretIn(mine, "table_cell", cell);
    type(mine, String(cell));
  }
  caretIn(mine, "table_cell", 4);
  mine.run(moveRow(-1));
  assert.deepEqual(ops(mine), ["row_set"]);
  assert.deepEqual(words(mine)[0], ["3", "4", "5"]);
  mine.run(moveColumn(1));
  assert.deepEqual(ops(mine), ["column_set"]);
  assert.deepEqual(words(mine)[0], ["3", "5", "4"]);
  mine.run(removeColumn);
  assert.deepEqual(words(mine), [["3", "5"], ["0", "2"], ["6", "8"]]);
  theirs.merge(mine.name);
  theirs.assertSame();
  // Somebody else writes while I remove the row; undoing brings both back.
  caretIn(mine, "table_cell", 2);
  mine.run(removeRow);
  caretIn(theirs, "table_cell", 2);
  type(theirs, "theirs ");
  caretIn(theirs, "table_cell", 5);
  theirs.run(addColumn("after", () => theirs.newId()));
  mine.merge(theirs.name);
  mine.assertSame();
  mine.run(undo);
  mine.assertSame();
  assert.deepEqual(words(mine)[1], ["theirs 0", "2", ""]);
  mine.run(undo);
  mine.assertSame();
  assert.deepEqual(words(mine)[0]!.slice().sort(), ["", "3", "4", "5"]);
  mine.run(addRow("before", newId));
  mine.run(toggleHeader);
  mine.assertSame();
  theirs.merge(mine.name);
  theirs.assertSame();
  assert.deepEqual(words(mine), words(theirs));
});

test("a removed table comes back with what others wrote in it", () => {
  const [mine, theirs] = pair("gone");
  caretIn(theirs, "table_cell", 0);
  type(theirs, "谁也别丢");
  caretIn(mine, "table_cell", 0);
  mine.run(removeTable);
  assert.ok(ops(mine).includes("table_remove"));
  mine.merge(theirs.name);
  mine.assertSame();
  mine.run(undo);
  mine.assertSame();
  assert.equal(words(mine)[0]![0], "谁也别丢");
});

test("a width is a fact of its column, within bounds", () => {
  const [mine, theirs] = pair("width");
  const { pos } = findTable(mine.state.doc, Object.keys(mine.tree().tables!)[0]!)!;
  mine.dispatch(setColumnWidth(mine.state.tr, pos, 1, 7));
  assert.deepEqual(mine.lastEdits.map((edit) => ("width" in edit ? edit.width : edit.op)), [40]);
  theirs.merge(mine.name);
  theirs.assertSame();
});

const WORDS = ["a", "需求", "𠮷", "12", " ", "x\ny"];

function step(replica: Replica, other: Replica, random: Random): string {
  const newId = (): string => replica.newId();
  const cells = starts(replica, "table_cell");
  const run = (name: string, command: Command): string => {
    replica.run(command);
    return name;
  };
  if (cells.length > 0 && random.below(8) > 0) {
    const at = random.pick(cells);
    const length = replica.state.doc.resolve(at).parent.content.size;
    const whole = (): number => {
      const offset = random.below(length + 1);
      const code = replica.state.doc.resolve(at).parent.textContent.charCodeAt(offset);
      return at + (code >= 0xdc00 && code <= 0xdfff ? offset + 1 : offset);
    };
    const anchor = whole();
    replica.dispatch(replica.state.tr.setSelection(TextSelection.create(replica.state.doc, anchor, random.below(3) === 0 ? whole() : anchor)));
  } else caretIn(replica, "paragraph", 0);
  switch (random.below(22)) {
    case 0: return run("row", addRow(random.pick(["before", "after"]), newId));
    case 1: return run("column", addColumn(random.pick(["before", "after"]), newId));
    case 2: return run("no row", removeRow);
    case 3: return run("no column", removeColumn);
    case 4: return run("move row", moveRow(random.pick([1, -1])));
    case 5: return run("move column", moveColumn(random.pick([1, -1])));
    case 6: return run("header", toggleHeader);
    case 7: return random.below(4) === 0 ? run("no table", removeTable) : run("tab", nextCell(newId));
    case 8: return run("undo", undo);
    case 9: return run("redo", redo);
    case 10: return run("enter", chainCommands(enterInTable, enter));
    case 11: return run("backspace", chainCommands(backspaceInCell, backspace));
    case 12: return run("mark", toggleMark(replica.schema.marks.bold));
    case 13: return run("arrow", chainCommands(verticalArrow(random.pick([1, -1])), leaveTable));
    case 14: case 15: case 16: replica.merge(other.name); return "merge";
    case 17: return make(replica) ? "make" : "make nothing";
    default:
      if (replica.state.selection.$from.parent.isTextblock) type(replica, random.pick(WORDS));
      return "type";
  }
}

for (let round = 0; round < Number(process.env["ROUNDS"] ?? 8); round++) {
  const used = seed() + round;
  test(`two people in a table, random steps (SEED=${used})`, () => {
    const random = new Random(used);
    const people = pair(`random${used}-`);
    let trail = "";
    try {
      for (let count = 0; count < 150; count++) {
        const who = random.below(2);
        trail += `\n${count} ${people[who]!.name}: `;
        trail += step(people[who]!, people[1 - who]!, random);
        for (const person of people) person.assertSame();
      }
      people[0].merge(people[1].name);
      people[1].merge(people[0].name);
      for (const person of people) person.assertSame();
      assert.deepEqual(canonicalTree(people[0].tree()), canonicalTree(people[1].tree()));
    } catch (error) {
      console.error(`SEED=${used}\n${trail.split("\n").slice(-8).join("\n")}\nlast edits ${people.map((person) => JSON.stringify(person.lastEdits)).join("\n")}`);
      throw error;
    }
  });
}
