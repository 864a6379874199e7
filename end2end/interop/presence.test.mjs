// What is said and not kept: it reaches everybody else in the document once, under the name of the
// connection it came from.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FramesClient } from "./frames.mjs";
import { inBothModes } from "./place.mjs";
import { connect, open } from "./stock.mjs";
import { until } from "./until.mjs";

inBothModes((place) => {
  async function inside(url, writer) {
    const client = await FramesClient.joined(place().writer(writer));
    client.request(url);
    await client.hears("sync");
    return client;
  }

  // SPEC: P1
  test("a stock client's presence reaches another stock client", async () => {
    const url = await place().document();
    const speaker = await open(connect(place().writer(0)), url);
    const listener = await open(connect(place().writer(1)), url);
    const seen = [];
    listener.on("ephemeral-message", ({ message }) => seen.push(message));
    await until("a presence message", () => {
      speaker.broadcast({ caret: 7 });
      return seen.length > 0;
    });
    assert.deepEqual(seen[0], { caret: 7 });
  });

  // SPEC: P2
  test("the same count of a session is passed on once, an older one not at all", async () => {
    const url = await place().document();
    const speaker = await inside(url, 0);
    const listener = await inside(url, 1);
    const said = [[1, "a"], [1, "again"], [3, "b"], [2, "late"], [3, "again"], [4, "c"]];
    for (const [count, data] of said) speaker.broadcast(url, { count, data });
    // Another session counts from the start.
    speaker.broadcast(url, { sessionId: "other", count: 1, data: "end" });
    await listener.hears("ephemeral", 4);
    const passedOn = listener.of("ephemeral").map(({ sessionId, count }) => [sessionId, Number(count)]);
    assert.deepEqual(passedOn, [["session", 1], ["session", 3], ["session", 4], ["other", 1]]);
    assert.deepEqual(speaker.of("ephemeral"), [], "nobody hears themselves");
    speaker.close();
    listener.close();
  });

  // SPEC: P1
  test("what is said in somebody else's name goes nowhere", async () => {
    const url = await place().document();
    const honest = await inside(url, 0);
    const spoofer = await inside(url, 1);
    const listener = await inside(url, 2);
    for (const senderId of [honest.peerId, listener.peerId, honest.server, "nobody"]) {
      spoofer.broadcast(url, { senderId, count: 1, data: "forged" });
    }
    spoofer.broadcast(url, { count: 2, data: "in my own name" });
    for (const client of [honest, listener]) {
      await client.hears("ephemeral");
      assert.deepEqual(client.of("ephemeral").map((message) => message.senderId), [spoofer.peerId]);
      client.close();
    }
    spoofer.close();
  });
});
