// Over the relay any Automerge document syncs, whatever is in it: it is stored, compacted, survives
// a restart and a kill, and opens cold for a client that has nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as Automerge from "@automerge/automerge";
import { splice } from "@automerge/automerge-repo";
import { FramesClient } from "./frames.mjs";
import { overTheRelay } from "./place.mjs";
import { allEqual, connect, leave, open, version } from "./stock.mjs";
import { until } from "./until.mjs";

/** Changes after which the server puts a snapshot in place of what it stored (`COMPACT_AFTER_CHUNKS`). */
const CHANGES_TO_COMPACT = 520;

/** Levels of maps and lists in each other. */
const DEPTH = 100;

/** Names that mean something in documents of our own, holding what they never hold there. */
const IN_OUR_NAMES = {
  schema: "x",
  kind: 7,
  title: ["a", "list"],
  fields: "a text",
  sections: [{ body: "not a map" }],
  items: { a: { kind: "requirement", title: "wants no number", removed: 0 }, b: 3, "": null },
};

function everything() {
  return {
    nothing: null,
    yes: true,
    whole: Number.MAX_SAFE_INTEGER,
    negative: -42,
    fraction: 0.1,
    tiny: Number.MIN_VALUE,
    when: new Date("2026-11-22T12:00:00.123Z"),
    counter: new Automerge.Counter(10),
    unsigned: new Automerge.Uint(7),
    integer: new Automerge.Int(-7),
    float: new Automerge.Float64(3),
    fixed: new Automerge.ImmutableString("never a text"),
    text: "𠮷 ü e\u0301 👩‍👩‍👧 \u0000 end",
    bytes: Uint8Array.from({ length: 1000 }, (_, n) => n % 256),
    noBytes: new Uint8Array(),
    list: [1, "two", [3, [4, []]], { five: 5 }, null, new Date(0)],
    map: { "": "no name", "a.b/c~": "odd", "键": "名", constructor: "c", inner: {} },
    deep: nested(DEPTH),
    ...IN_OUR_NAMES,
  };
}

function nested(levels) {
  let value = "bottom";
  for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { down: value };
  return value;
}

/** Everything a document says, in a form that can be compared. */
function said(handle) {
  const doc = handle.doc();
  return {
    value: Automerge.toJS(doc),
    types: Object.fromEntries(Object.keys(doc).map((key) => [key, doc[key]?.constructor?.name])),
    marks: typeof doc.text === "string" && Automerge.marks(doc, ["text"]),
    conflicts: Automerge.getConflicts(doc, "contested"),
    changes: Automerge.getAllChanges(doc).length,
  };
}

function isSame(one, other) {
  assert.equal(version(one), version(other));
  assert.deepEqual(said(one), said(other));
}

overTheRelay((place) => {
  /** A client that has nothing gets the whole document. */
  async function isOnServer(handle) {
    const reader = connect(place().writer());
    const copy = await open(reader, handle.url);
    await allEqual(copy, handle);
    isSame(copy, handle);
    await leave(reader);
  }

  async function restart() {
    await place().server.terminate();
    await place().server.serve();
  }

  async function brought() {
    const handle = connect(place().writer()).create(everything());
    const other = await open(connect(place().writer()), handle.url);
    await allEqual(handle, other);
    isSame(handle, other);
    return [handle, other];
  }

  test("a document of any shape syncs, and is there after a restart and after a kill", async () => {
    const [handle] = await brought();
    await isOnServer(handle);
    await restart();
    await isOnServer(handle);
    await place().server.kill();
    await place().server.serve();
    await isOnServer(handle);
  });

  test("every kind of edit reaches the other copy and the disk", async () => {
    const [one, other] = await brought();
    const edits = [
      (doc) => doc.counter.increment(5),
      (doc) => doc.list.insertAt(1, { inserted: [1, 2, 3] }),
      (doc) => doc.list.deleteAt(0, 2),
      (doc) => (doc.map.inner.more = { and: ["more"] }),
      (doc) => delete doc.map["a.b/c~"],
      (doc) => splice(doc, ["text"], 0, 3, "换"),
      (doc) => Automerge.mark(doc, ["text"], { start: 0, end: 6, expand: "both" }, "bold", true),
      (doc) => Automerge.mark(doc, ["text"], { start: 2, end: 4, expand: "none" }, "note", "n:1"),
      (doc) => Automerge.unmark(doc, ["text"], { start: 1, end: 2 }, "bold"),
      (doc) => Automerge.splitBlock(doc, ["text"], 2, { type: "mine", parents: [], attrs: { x: 1 } }),
      (doc) => (doc.bytes = Uint8Array.from([9, 8, 7])),
      (doc) => (doc.when = new Date(1)),
      (doc) => (doc.text = new Automerge.ImmutableString("a text no more")),
      (doc) => (doc.items.a = "an item no more"),
      (doc) => (doc.list = {}),
      (doc) => delete doc.deep,
    ];
    for (const [at, edit] of edits.entries()) {
      (at % 2 ? one : other).change(edit);
      await allEqual(one, other);
      isSame(one, other);
    }
    one.change(() => undefined, { message: "an empty change" });
    one.update((doc) => Automerge.emptyChange(doc, { message: "says nothing", time: 0 }));
    // A stock client does not send it by itself: it goes out with what comes next.
    one.change((doc) => (doc.last = "said"));
    await allEqual(one, other);
    await restart();
    await isOnServer(one);
  });

  test("what two clients do to the same thing at once is resolved alike everywhere", async () => {
    const [one, other] = await brought();
    await place().server.kill();
    for (const [at, handle] of [one, other].entries()) {
      handle.change((doc) => (doc.contested = `by ${at}`));
      handle.change((doc) => doc.counter.increment(at + 1));
      handle.change((doc) => doc.list.splice(1, 1, `by ${at}`));
      handle.change((doc) => splice(doc, ["text"], 0, 0, `by ${at}`));
      handle.change((doc) => (doc.map.inner = { at }));
      handle.change((doc) => Automerge.mark(doc, ["text"], { start: 0, end: 9 }, "by", at));
    }
    one.change((doc) => delete doc.deep);
    other.change((doc) => (doc.deep[0].more = "kept or not"));
    await place().server.serve();
    await allEqual(one, other);
    isSame(one, other);
    assert.equal(Number(one.doc().counter.value), 13);
    assert.equal(Object.keys(Automerge.getConflicts(one.doc(), "contested")).length, 2);
    await isOnServer(one);
    await restart();
    await isOnServer(one);
  });

  // SPEC: S11 S19
  test("it is compacted into a snapshot that opens cold and takes more", async () => {
    const [one, other] = await brought();
    for (let edit = 0; edit < CHANGES_TO_COMPACT; edit += 1) {
      one.change((doc) => doc.list.push({ edit, at: new Date(edit) }));
    }
    await allEqual(one, other);
    await until("a snapshot on disk", async () => {
      await restart();
      const cold = await FramesClient.joined(place().writer());
      cold.request(one.url);
      const { data } = await cold.hears("sync");
      cold.close();
      return isSnapshot(data);
    });
    await isOnServer(one);
    other.change((doc) => (doc.after = "the snapshot"));
    await allEqual(one, other);
    await restart();
    await isOnServer(one);
  });

  test("nothing is written into it by the server", async () => {
    const [one, other] = await brought();
    const before = version(one);
    // The same in a document that has been opened from disk and written to.
    await restart();
    other.change((doc) => (doc.items.c = { kind: "requirement", title: "new", body: "" }));
    await allEqual(one, other);
    const changes = Automerge.getAllChanges(one.doc()).map(Automerge.decodeChange);
    assert.notEqual(version(one), before);
    const actors = new Set(changes.map(({ actor }) => actor));
    assert.equal(actors.size, 2, "whoever brought it, and whoever edited it");
    await isOnServer(one);
  });
});

/** Whether the first thing in a sync message's changes is a whole document, not a change. */
function isSnapshot(data) {
  const message = Buffer.from(data);
  const first = message.indexOf(Buffer.from([0x85, 0x6f, 0x4a, 0x83]));
  return first >= 0 && message[first + 8] === 0;
}
