// Stock clients in one document: they converge, whoever was offline, whenever the server was killed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { generateAutomergeUrl, splice } from "@automerge/automerge-repo";
import { Line } from "./line.mjs";
import { inBothModes } from "./place.mjs";
import { allEqual, ask, at, connect, open, version } from "./stock.mjs";
import { until } from "./until.mjs";

const OFFLINE_EDITS = 200;

/** Letters of a large change: three bytes each on the wire, and a change has at most 20,000. */
const NOISE_LETTERS = 15_000;

inBothModes((place) => {
  function write(handle, words) {
    const path = place().path(handle);
    handle.change((doc) => splice(doc, path, 0, 0, words));
  }

  function text(handle) {
    return String(at(handle, place().path(handle)));
  }

  async function two(url) {
    const clients = [connect(place().writer(0)), connect(place().writer(1))];
    return Promise.all(clients.map((client) => open(client, url)));
  }

  /** A client that has nothing gets exactly what the server has. */
  async function isOnServer(...handles) {
    const reader = await open(connect(place().writer(2)), handles[0].url);
    await allEqual(reader, ...handles);
    return reader;
  }

  // I2.
  test("two clients who write at once converge, and a killed server keeps it", async () => {
    const [first, second] = await two(await place().document());
    assert.equal(version(second), version(first), "both start from the same heads");
    for (let round = 0; round < 20; round += 1) {
      write(first, `𠮷甲${round}。`);
      write(second, `B${round}. `);
      await new Promise(setImmediate);
    }
    await allEqual(first, second);
    for (let round = 0; round < 20; round += 1) {
      assert.equal(text(first).split(`𠮷甲${round}。`).length, 2, "each once");
      assert.equal(text(first).split(`B${round}. `).length, 2, "each once");
    }
    await isOnServer(first);
    await place().server.kill();
    write(first, "离线");
    await place().server.serve();
    const reader = await isOnServer(first, second);
    assert.equal(text(reader), text(first));
  });

  // SPEC: S15
  test("200 edits on each of two clients without a server come together", async () => {
    const [first, second] = await two(await place().document());
    await place().server.kill();
    for (let edit = 0; edit < OFFLINE_EDITS; edit += 1) {
      write(first, `a${edit}.`);
      write(second, `b${edit}.`);
    }
    await place().server.serve();
    await allEqual(first, second);
    const reader = await isOnServer(first, second);
    const words = text(reader).match(/[ab]\d+\./g);
    assert.equal(words.length, 2 * OFFLINE_EDITS);
    assert.equal(new Set(words).size, 2 * OFFLINE_EDITS, "each is there, and once");
  });

  test("200 edits on a cut-off client and 200 on one that is not come together", async () => {
    const url = await place().document();
    const line = await Line.to(place().server);
    const away = await open(connect(line.url(place().writer(0))), url);
    const here = await open(connect(place().writer(1)), url);
    line.holdAfter("up", 0);
    line.holdAfter("down", 0);
    for (let edit = 0; edit < OFFLINE_EDITS; edit += 1) {
      write(away, `a${edit}.`);
      write(here, `b${edit}.`);
    }
    const before = version(away);
    await isOnServer(here);
    assert.equal(version(away), before, "nothing came through");
    line.release();
    await allEqual(away, here);
    assert.equal(text(away).match(/[ab]\d+\./g).length, 2 * OFFLINE_EDITS);
    await isOnServer(away);
    line.close();
  });

  // I1, I2.
  test("a server that dies in the middle of receiving gets it all the same", async () => {
    const url = await place().document();
    const line = await Line.to(place().server);
    const writer = await open(connect(line.url(place().writer(0))), url);
    const watcher = await open(connect(place().writer(1)), url);
    line.holdAfter("up", 20_000);
    write(writer, noise(NOISE_LETTERS));
    await until("part of the message to be on its way", () => line.kept.up > 0);
    line.refuse();
    await place().server.kill();
    await place().server.serve();
    await line.restore();
    await allEqual(writer, watcher);
    assert.ok(text(watcher).length >= NOISE_LETTERS);
    await isOnServer(writer);
    line.close();
  });

  test("a client whose server dies in the middle of sending gets it all the same", async () => {
    const url = await place().document();
    const writer = await open(connect(place().writer(0)), url);
    write(writer, noise(NOISE_LETTERS));
    await isOnServer(writer);
    const line = await Line.to(place().server);
    line.holdAfter("down", 20_000);
    const asked = ask(connect(line.url(place().writer(1))), url);
    await until("part of the document to be on its way", () => line.kept.down > 0);
    line.refuse();
    await place().server.kill();
    write(writer, "meanwhile");
    await place().server.serve();
    await line.restore();
    const reader = await asked;
    await until("the document to arrive", () => reader.isReady());
    await allEqual(reader, writer);
    assert.match(text(reader), /^meanwhile/);
    line.close();
  });

  // SPEC: S10
  test("a document nobody has is unavailable, never created", async () => {
    const url = generateAutomergeUrl();
    for (const writer of [0, 1]) {
      await assert.rejects(connect(place().writer(writer)).find(url), /unavailable/i);
    }
  });
});

/** Characters that hardly compress. */
function noise(length) {
  const letters = Array.from({ length }, () =>
    String.fromCharCode(0x4e00 + Math.floor(Math.random() * 0x5000)),
  );
  return letters.join("");
}
