// A document as large as documents get, 8 MiB of bytes that do not compress: it is brought piece by
// piece, is full then, and still opens. And one that had grown before anybody brought it.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import * as Automerge from "@automerge/automerge";
import { inBothModes, overTheRelay } from "./place.mjs";
import { allEqual, alone, at, connect, endOf, goOnline, leave, open, version } from "./stock.mjs";
import { until } from "./until.mjs";

/** A value may have 64 KiB, a frame 256 KiB. */
const VALUE_BYTES = 64 * 1024;
const VALUES_PER_CHANGE = 3;
/** What stands for a marker in a text. */
const MARKER = "\ufffc";
const DOCUMENT_BYTES_MAX = 8 * 1024 * 1024;

inBothModes((place) => {
  async function open8MiB(url) {
    const client = connect(place().writer(1));
    const handle = await open(client, url);
    return { client, handle };
  }

  /** What stood in the text before. */
  let markersOfOthers = 0;

  function markersIn(handle) {
    return at(handle, place().path(handle)).split(MARKER).length - 1;
  }

  /** Every marker of ours carries one value. */
  function bytesIn(handle) {
    return (markersIn(handle) - markersOfOthers) * VALUE_BYTES;
  }

  /** Puts random bytes into markers of a text, which hold whatever a program likes in both places. */
  function grow(writer, count) {
    const path = place().path(writer);
    writer.change((doc) => {
      for (let n = 0; n < count; n += 1) {
        const blob = randomBytes(VALUE_BYTES);
        Automerge.splitBlock(doc, path, 0, { type: "blob", parents: [], attrs: { blob } });
      }
    });
  }

  /** Grows and waits until the watcher follows: whatever waits goes into one frame. */
  async function add(writer, watcher, count) {
    grow(writer, count);
    const wanted = bytesIn(writer);
    await until("the watcher to follow", () => bytesIn(watcher) === wanted);
  }

  // SPEC: G10 S1
  test("8 MiB sync, stay over a kill, open cold; more is refused and harms nothing", async () => {
    const url = await place().document();
    const full = connect(place().writer());
    const writer = await open(full, url);
    const watcher = await open(connect(place().writer(1)), url);
    markersOfOthers = markersIn(writer);
    const step = VALUE_BYTES * VALUES_PER_CHANGE;
    const envelope = 100 * 1024;
    while (bytesIn(writer) + step + envelope < DOCUMENT_BYTES_MAX) {
      await add(writer, watcher, VALUES_PER_CHANGE);
    }
    const taken = bytesIn(writer);
    assert.ok(taken > 0.95 * DOCUMENT_BYTES_MAX, `${taken} bytes`);
    await allEqual(writer, watcher);

    await place().server.kill();
    await place().server.serve();
    const { client, handle } = await open8MiB(url);
    // Over the relay both are one person to the server, and the last change may have been on the watcher's
    // screen before it was on the disk: then whoever has it brings it again.
    await until("everything to be there", () => bytesIn(handle) === taken);
    await allEqual(handle, watcher);
    await leave(client);

    const ended = endOf(full);
    grow(writer, VALUES_PER_CHANGE);
    assert.deepEqual(await ended, { code: 4507, reason: "document_full" });
    assert.equal(bytesIn(watcher), taken, "nothing came of it");
    await leave(full);
    const again = await open8MiB(url);
    assert.equal(bytesIn(again.handle), taken);
  });
});

overTheRelay((place) => {
  // SPEC: W8 G1
  test("two thousand changes made before are brought in one frame", async () => {
    const author = alone();
    const handle = author.create({ list: [] });
    for (let n = 0; n < 2_000; n += 1) {
      handle.change((doc) => doc.list.push(randomBytes(400)));
    }
    const saved = Automerge.save(handle.doc()).length;
    assert.ok(saved > 512 * 1024, `${saved} bytes are more than a project takes in one frame`);
    goOnline(author, place().writer());
    const reader = await open(connect(place().writer()), handle.url);
    await allEqual(reader, handle);
    await place().server.kill();
    await place().server.serve();
    const cold = await open(connect(place().writer()), handle.url);
    assert.equal(version(cold), version(handle));
    assert.equal(at(cold, ["list"]).length, 2_000);
  });
});
