// Bombs against the real binary (SPEC: W8, G2, G3, G4, G11): each costs whoever sends it the connection,
// with a reason, and the server at most 64 MiB while it looks. Two others, one in the same document and
// one elsewhere, must not notice anything.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as Automerge from "@automerge/automerge";
import { cbor, generateAutomergeUrl, parseAutomergeUrl } from "@automerge/automerge-repo";
import WebSocket from "ws";
import * as bombs from "./bombs.mjs";

const BINARY =
  process.env.END2END_BINARY ??
  fileURLToPath(new URL("../../target/debug/countersign", import.meta.url));

const EXTRA_MIB_MAX = 64;
/** More than the server waits for a sign of life. */
const DEADLINE_MS = 40_000;

/** The server, and what its memory was before anything exploded. */
const server = { child: undefined, data: undefined, port: 0, demo: undefined };

/** Somebody with a copy who goes on writing. */
const witnesses = { here: undefined, elsewhere: undefined };

before(async () => {
  server.data = mkdtempSync(join(tmpdir(), "countersign-bombs-"));
  const demo = execFileSync(BINARY, ["demo", "--json", "--data", server.data], { encoding: "utf8" });
  server.demo = JSON.parse(demo);
  const serve = ["serve", "--addr", "127.0.0.1:0", "--data", server.data];
  server.child = spawn(BINARY, serve, { stdio: ["ignore", "pipe", "ignore"] });
  const lines = createInterface(server.child.stdout);
  const line = await new Promise((resolve) => lines.once("line", resolve));
  server.port = Number(/:(\d+)\/?$/.exec(line)?.[1]);
  assert.ok(server.port, `the server said ${line}`);
  const [here, elsewhere] = server.demo.documents;
  witnesses.here = await Client.inside(token("owner"), here.id);
  witnesses.elsewhere = await Client.inside(token("owner"), elsewhere.id);
});

after(() => {
  witnesses.here?.socket.terminate();
  witnesses.elsewhere?.socket.terminate();
  server.child?.kill("SIGKILL");
  if (server.data) rmSync(server.data, { recursive: true, force: true });
});

const token = (role) => server.demo.people.find((person) => person.role === role).token;

async function until(what, condition) {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const value = condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`still waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A socket with a copy of one document. */
class Client {
  /** One that has joined and talks about a document. */
  static async inside(secret, documentId, peerMetadata = {}) {
    const client = await Client.joined(secret, peerMetadata);
    client.documentId = documentId;
    client.sync();
    await until("the document", () => Automerge.getHeads(client.doc).length > 0);
    return client;
  }

  static async joined(secret, peerMetadata) {
    const url = `ws://127.0.0.1:${server.port}/sync?token=${encodeURIComponent(secret)}`;
    const client = new Client(new WebSocket(url, { perMessageDeflate: false }));
    await new Promise((resolve, reject) => {
      client.socket.once("open", resolve);
      client.socket.once("error", reject);
    });
    const join = { type: "join", senderId: client.peerId, peerMetadata };
    client.say({ ...join, supportedProtocolVersions: ["1"] });
    await until("the answer to the join", () => client.heard > 0);
    return client;
  }

  constructor(socket) {
    this.socket = socket;
    this.peerId = `bomber-${Math.random().toString(36).slice(2)}`;
    this.doc = Automerge.init();
    this.state = Automerge.initSyncState();
    this.heard = 0;
    /** Who is in the document, as the server says to those who understand it. */
    this.people = [];
    this.end = undefined;
    socket.on("message", (bytes) => this.#hear(cbor.decode(new Uint8Array(bytes))));
    socket.on("close", (code, reason) => (this.end = { code, reason: reason.toString() }));
    socket.on("error", () => undefined);
  }

  say(message) {
    this.bytes(cbor.encode(message));
  }

  bytes(bytes) {
    this.socket.send(bytes);
  }

  /** A sync message about a document, whatever it holds. */
  bring(data, documentId = this.documentId) {
    this.say({ type: "sync", senderId: this.peerId, documentId, data: new Uint8Array(data) });
  }

  /** Says what there is to say, as a stock client does. */
  sync() {
    const [state, data] = Automerge.generateSyncMessage(this.doc, this.state);
    this.state = state;
    if (data) this.bring(data);
  }

  #hear(message) {
    this.heard += 1;
    if (message.type === "here") this.people = message.people.map(({ peerId }) => peerId);
    if (message.type !== "sync" || message.documentId !== this.documentId) return;
    [this.doc, this.state] = Automerge.receiveSyncMessage(this.doc, this.state, message.data);
    this.sync();
  }

  /** Writes, and waits until another copy has it. */
  async writesFor(other, text) {
    this.doc = Automerge.change(this.doc, (doc) => Automerge.splice(doc, ["title"], 0, 0, text));
    this.sync();
    await until(`${text} to arrive`, () => String(other.doc.title).includes(text));
  }

  closed() {
    return until("the server to close", () => this.end);
  }
}

/** A line of /proc/PID/status in MiB. */
function mebibytes(name) {
  const status = readFileSync(`/proc/${server.child.pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)[1]) / 1024;
}

/** Fails when the server took more than it may while `work` ran. */
async function bounded(work) {
  // The kernel forgets the highest mark, which then starts at what is in use now.
  writeFileSync(`/proc/${server.child.pid}/clear_refs`, "5");
  const before = mebibytes("VmRSS");
  await work();
  const extra = mebibytes("VmHWM") - before;
  assert.ok(extra <= EXTRA_MIB_MAX, `${extra.toFixed(1)} MiB more than before`);
  return extra;
}

/** Sends frame after frame until the server has had enough of it. */
async function flood(bomber, frame) {
  for (let n = 0; n < 10_000 && !bomber.end; n += 1) {
    frame(bomber);
    // A system that still receives when a socket is closed resets it, and the reason is lost.
    if (bomber.socket.bufferedAmount > 0 || n % 20 === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** A rich text of a document of ours: its markers hold whatever a program likes. */
function bodyOf({ doc }) {
  return ["sections", Object.keys(doc.sections).sort()[0], "body"];
}

let count = 0;

/** The witnesses are where they were and can write; somebody new can read what they wrote. */
async function expectUnharmed() {
  assert.equal(server.child.exitCode, null, "the server runs");
  for (const witness of Object.values(witnesses)) {
    assert.equal(witness.end, undefined, "the witness was closed");
    const late = await Client.inside(token("member"), witness.documentId);
    count += 1;
    await witness.writesFor(late, `#${count} `);
    late.socket.terminate();
  }
}

/** Sends something into the witness's document and says how that ended. */
async function explodes(frame) {
  const bomber = await Client.inside(token("client"), witnesses.here.documentId);
  await bounded(async () => {
    await frame(bomber);
    await bomber.closed();
  });
  await expectUnharmed();
  return bomber.end.reason;
}

describe("a bomb costs its sender the connection and nobody else anything", { concurrency: 1 }, () => {
  const letters = () => bombs.ofOneLetter(1_000_000);
  const cases = [
    ["deflate: 64 MiB of zeros", () => bombs.deflated(), "change_refused"],
    ["run lengths: four million operations", () => bombs.repeated(), "change_refused"],
    ["run lengths: a hundred small ones", () => bombs.manySmall(), "change_refused"],
    ["a change of a million letters by stock Automerge", () => letters().change, "change_refused"],
    ["a document of a million letters by stock Automerge", () => letters().document, "change_refused"],
    ["heads: 7,000", () => bombs.hashes({ heads: 7_000 }), "change_refused"],
    ["heads: 2^60", () => bombs.endlessHeads(), "change_refused"],
    ["needs: 7,000", () => bombs.hashes({ need: 7_000 }), "change_refused"],
  ];
  for (const [name, bomb, reason] of cases) {
    test(name, async () => {
      const data = bomb();
      assert.equal(await explodes((bomber) => bomber.bring(data)), reason);
    });
  }

  test("objects in objects: 400 deep", async () => {
    const data = bombs.mapsInMaps(witnesses.here.doc, bodyOf(witnesses.here), 400);
    assert.equal(await explodes((bomber) => bomber.bring(data)), "change_refused");
  });

  test("the same 30 deep comes in", async () => {
    const data = bombs.mapsInMaps(witnesses.here.doc, bodyOf(witnesses.here), 30);
    const guest = await Client.inside(token("client"), witnesses.here.documentId);
    guest.bring(data);
    const path = bodyOf(witnesses.here);
    const first = () => Automerge.block(witnesses.here.doc, path, 0)?.type;
    await until("the maps", () => first() === "nested");
    assert.equal(guest.end, undefined);
    guest.socket.terminate();
  });

  test("CBOR: arrays in arrays", async () => {
    const end = await explodes((bomber) => bomber.bytes(bombs.arraysInArrays(100_000)));
    assert.equal(end, "bad_frame");
  });

  test("CBOR: a map without end", async () => {
    assert.equal(await explodes((bomber) => bomber.bytes(bombs.endlessMap())), "bad_frame");
  });

  for (const kib of [257, 400]) {
    test(`a frame of ${kib} KiB`, async () => {
      const end = await explodes((bomber) => bomber.bytes(Buffer.alloc(kib * 1024)));
      assert.equal(end, "frame_too_large");
    });
  }

  test("a frame of 2048 KiB", async () => {
    // Not read to its end: whoever is still sending it may miss the reason.
    const end = await explodes((bomber) => bomber.bytes(Buffer.alloc(2_048 * 1024)));
    assert.ok(["frame_too_large", ""].includes(end), end);
  });

  test("10,000 documents on one connection", async () => {
    const data = bombs.hashes({});
    const another = () => parseAutomergeUrl(generateAutomergeUrl()).documentId;
    const end = await explodes((bomber) => flood(bomber, () => bomber.bring(data, another())));
    assert.equal(end, "too_many_documents");
  });

  test("a flood of frames", async () => {
    const data = bombs.hashes({});
    const end = await explodes((bomber) => flood(bomber, () => bomber.bring(data)));
    assert.equal(end, "too_fast");
  });
});

test("who needs everything again and again and reads nothing of it is cut off", async () => {
  const { documentId } = witnesses.here;
  const watcher = await Client.inside(token("member"), documentId, { countersign: 1 });
  const greedy = await Client.inside(token("client"), documentId);
  await until("both to be here", () => watcher.people.includes(greedy.peerId));
  greedy.socket.pause();
  const data = bombs.hashes({ need: 2_000 });
  await bounded(async () => {
    for (let n = 0; n < 300; n += 1) greedy.bring(data);
    await expectUnharmed();
    await until("it to be cut off", () => !watcher.people.includes(greedy.peerId));
  });
  assert.equal(watcher.end, undefined);
  watcher.socket.terminate();
  greedy.socket.terminate();
});
