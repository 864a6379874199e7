// An unmodified npm @automerge/automerge-repo is a client of ours (SPEC W: the wire is the
// automerge-repo WebSocket protocol "1"): it reads, writes, survives a killed server, and is told
// "unavailable" about what it may not see.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { generateAutomergeUrl, Repo, splice } from "@automerge/automerge-repo";
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket";
import { Countersign, until } from "./countersign.mjs";

const RETRY_MS = 100;

/** @type {Countersign} */
let server;
let url;
const repos = [];

function connect(person) {
  const adapter = new WebSocketClientAdapter(server.syncUrl(person), RETRY_MS);
  const repo = new Repo({ network: [adapter] });
  repos.push(repo);
  return repo;
}

before(async () => {
  server = await Countersign.start();
  const document = server.demo.documents.find(({ kind }) => kind === "requirement_document");
  url = `automerge:${document.id}`;
});

after(async () => {
  await Promise.all(repos.map((repo) => repo.shutdown().catch(() => undefined)));
  await server.stop();
  // The adapter keeps retry timers of its own.
  setImmediate(() => process.exit(process.exitCode ?? 0));
});

test("two stock clients read and write one document, and a killed server keeps it", async () => {
  const first = await connect(server.person("owner")).find(url);
  assert.equal(first.doc().schema, 1, "the document speaks schema 1");
  assert.ok(Object.keys(first.doc().items).length >= 24, "the demo has its items");

  const second = await connect(server.person("client")).find(url);
  assert.deepEqual(second.heads(), first.heads(), "both start from the same heads");

  first.change((doc) => splice(doc, ["title"], 0, 0, "𠮷甲"));
  second.change((doc) => splice(doc, ["title"], 0, 0, "乙"));
  await until("both to hold both edits", () => {
    const [a, b] = [first.doc().title, second.doc().title];
    return a === b && a.includes("𠮷甲") && a.includes("乙");
  });
  const title = first.doc().title;

  await server.kill();
  first.change((doc) => splice(doc, ["title"], 0, 0, "离线"));
  await server.serve();

  // A third client has nothing of its own: what it reads is what the server kept or was resent.
  const third = await connect(server.person("owner")).find(url);
  await until("the edit made while the server was down", () =>
    third.doc().title === `离线${title}`,
  );
  await until("all three to agree", () =>
    [first, second, third].every(
      (handle) => String(handle.heads()) === String(third.heads()),
    ),
  );
});

test("a document nobody has is unavailable, never created", async () => {
  const stranger = connect(server.person("owner"));
  await assert.rejects(stranger.find(generateAutomergeUrl()), /unavailable/i);
});

test("a stock client's presence reaches another stock client", async () => {
  const writer = await connect(server.person("owner")).find(url);
  const watcher = await connect(server.person("client")).find(url);
  const seen = [];
  watcher.on("ephemeral-message", ({ message }) => seen.push(message));
  await until("a presence message", () => {
    writer.broadcast({ caret: 7 });
    return seen.length > 0;
  });
  assert.deepEqual(seen[0], { caret: 7 });
});
