// Rights that change under an unmodified client: what it may not see it is never told of, what is
// granted comes unasked, and what it wrote before it was allowed to comes in then.
import assert from "node:assert/strict";
import { test } from "node:test";
import { splice } from "@automerge/automerge-repo";
import { ApiClient } from "./api.mjs";
import { Line } from "./line.mjs";
import { inAProject, overTheRelay } from "./place.mjs";
import { allEqual, alone, ask, at, connect, goOnline, open, version } from "./stock.mjs";
import { until } from "./until.mjs";

inAProject((place) => {
  let guests = 0;

  /** Somebody with a session and no seat in the project, and the line their browser uses. */
  async function guest() {
    const { owner, server } = place();
    const name = `Guest ${(guests += 1)}`;
    const elsewhere = { name: `Project of ${name}`, client: "", language: "en" };
    const project = await owner.call("create_project", { new: elsewhere });
    const invited = await owner.call("invite", { new: { project, name, role: "reader" } });
    const session = await ApiClient.enter(server, invited.url);
    const { me } = await session.call("project", { id: project });
    const line = await Line.to(server, { Cookie: session.cookie, Origin: server.origin });
    const address = line.url(`ws://127.0.0.1:${server.port}/sync`);
    return { id: me, line, address };
  }

  /** Gives somebody a seat beside the running server, as its operator does. */
  function grant(id, role) {
    const { server } = place();
    const { project } = server.demo;
    server.command("token", "create", "--person", id, "--project", project.id, "--role", role);
  }

  async function takeAway(id) {
    const project = place().server.demo.project.id;
    await place().owner.call("revoke", { project, person: id });
  }

  function write(handle, words) {
    const path = place().path(handle);
    handle.change((doc) => splice(doc, path, 0, 0, words));
  }

  function text(handle) {
    return String(at(handle, place().path(handle)));
  }

  // SPEC: S7 S10
  test("what is denied is unavailable, and comes unasked once it is granted", async () => {
    const url = await place().document();
    const { id, line, address } = await guest();
    const handle = await ask(connect(address), url);
    await until("the refusal", () => handle.isUnavailable());
    grant(id, "reader");
    await until("the document", () => handle.isReady());
    const owner = await open(connect(place().writer()), url);
    write(owner, "welcome");
    await allEqual(handle, owner);
    line.close();
  });

  // SPEC: S6 S7 S8
  test("a reader's edits are not taken, and come in after a grant", async () => {
    const url = await place().document();
    const { id, line, address } = await guest();
    grant(id, "reader");
    const handle = await open(connect(address), url);
    const owner = await open(connect(place().writer()), url);
    await allEqual(handle, owner);
    for (let edit = 0; edit < 5; edit += 1) write(handle, `early${edit} `);
    write(owner, "official ");
    await until("the reader to follow", () => text(handle).includes("official"));
    const fresh = await open(connect(place().writer(1)), url);
    assert.equal(version(fresh), version(owner));
    assert.doesNotMatch(text(fresh), /early/);

    await takeAway(id);
    grant(id, "member");
    await allEqual(handle, owner, fresh);
    for (let edit = 0; edit < 5; edit += 1) {
      assert.equal(text(fresh).split(`early${edit} `).length, 2, "taken, and once");
    }
    write(handle, "late ");
    await allEqual(handle, owner, fresh);
    assert.match(text(owner), /late/);
    line.close();
  });

  // I3, I4.
  test("somebody taken out hears no more, and what they write reaches nobody", async () => {
    const url = await place().document();
    const { id, line, address } = await guest();
    grant(id, "member");
    const client = connect(address);
    const handle = await open(client, url);
    const owner = await open(connect(place().writer()), url);
    write(handle, "while inside ");
    await allEqual(handle, owner);
    const told = new Promise((resolve) => {
      client.networkSubsystem.on("message", ({ type }) => type === "doc-unavailable" && resolve());
    });
    await takeAway(id);
    await told;
    write(handle, "from outside ");
    write(owner, "among us ");
    const fresh = await open(connect(place().writer(1)), url);
    await allEqual(fresh, owner);
    assert.doesNotMatch(text(fresh), /from outside/);
    assert.doesNotMatch(text(handle), /among us/);
    line.close();
  });
});

overTheRelay((place) => {
  // SPEC: S7
  test("who asked before there was anything gets it unasked", async () => {
    const bringer = alone();
    const written = bringer.create({ words: "brought later" });
    const early = await ask(connect(place().writer()), written.url);
    await until("the refusal", () => early.isUnavailable());
    goOnline(bringer, place().writer());
    await until("the document", () => early.isReady());
    await allEqual(early, written);
  });
});
