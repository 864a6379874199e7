// The protocol as it is spoken over real sockets, in the encoding that automerge-repo uses: what is
// answered, what is passed over, and what ends a connection.
import assert from "node:assert/strict";
import { test } from "node:test";
import { generateAutomergeUrl } from "@automerge/automerge-repo";
import { FramesClient } from "./frames.mjs";
import { inBothModes } from "./place.mjs";

/** A number that this encoder writes as a float. */
const FLOAT = 2 ** 40;

inBothModes((place) => {
  // SPEC: W1 W7
  test("a join is answered by peer", async () => {
    const client = await FramesClient.open(place().writer());
    client.join();
    const peer = await client.hears("peer");
    assert.equal(peer.targetId, client.peerId);
    assert.equal(peer.selectedProtocolVersion, "1");
    assert.equal(typeof peer.senderId, "string");
    client.close();
  });

  // SPEC: W5
  test("a join without versions, or with undefined and null in it, is a join", async () => {
    for (const nothing of [undefined, null]) {
      const client = await FramesClient.open(place().writer());
      client.join({ peerMetadata: nothing, supportedProtocolVersions: nothing });
      const peer = await client.hears("peer");
      assert.equal(peer.selectedProtocolVersion, "1");
      client.close();
    }
    const client = await FramesClient.open(place().writer());
    client.say({ type: "join", senderId: client.peerId });
    assert.equal((await client.hears("peer")).selectedProtocolVersion, "1");
    client.close();
  });

  // SPEC: W7 W10
  test("a join of another version is answered by an error and ends the connection", async () => {
    const client = await FramesClient.open(place().writer());
    client.join({ supportedProtocolVersions: ["2"] });
    assert.deepEqual(await client.closed(), { code: 4406, reason: "version_unsupported" });
    const [error] = client.of("error");
    assert.match(error.message, /version 1/);
    assert.equal(error.targetId, client.peerId);
    assert.deepEqual(client.of("peer"), []);
  });

  // SPEC: W7
  test("a second join of the same peer is answered again and changes nothing", async () => {
    const url = await place().document();
    const client = await FramesClient.joined(place().writer());
    client.request(url);
    await client.hears("sync");
    client.join();
    await client.hears("peer", 2);
    client.request(generateAutomergeUrl());
    await client.hears("doc-unavailable");
    assert.equal(client.end, undefined);
    client.close();
  });

  // SPEC: W7
  test("a second join as another peer, and anything before a join, ends the connection", async () => {
    const turned = await FramesClient.joined(place().writer());
    turned.join({ senderId: "somebody-else" });
    assert.deepEqual(await turned.closed(), { code: 4401, reason: "join_expected" });
    const early = await FramesClient.open(place().writer());
    early.request(generateAutomergeUrl());
    assert.deepEqual(await early.closed(), { code: 4401, reason: "join_expected" });
    assert.deepEqual(early.heard, []);
  });

  // SPEC: W2 W5
  test("floats, undefined and gossip are read", async () => {
    const url = await place().document();
    const speaker = await FramesClient.joined(place().writer(0));
    const listener = await FramesClient.joined(place().writer(1));
    for (const client of [speaker, listener]) {
      client.request(url, { targetId: undefined, somethingNew: undefined });
      await client.hears("sync");
    }
    const gossip = { senderId: speaker.peerId, targetId: speaker.server };
    speaker.say({ ...gossip, type: "remote-subscription-change", add: ["storage"], remove: undefined });
    const heads = { storage: { heads: ["x"], timestamp: Date.now() + 0.5 } };
    speaker.say({ ...gossip, type: "remote-heads-changed", documentId: "x", newHeads: heads });
    speaker.say({ ...gossip, type: "a type of next year", at: 1.5 });
    speaker.broadcast(url, { count: FLOAT, targetId: undefined, data: { caret: 1.5 } });
    const heard = await listener.hears("ephemeral");
    assert.equal(Number(heard.count), FLOAT);
    assert.equal(speaker.end, undefined);
    speaker.close();
    listener.close();
  });

  // SPEC: W8 W9. I5: a bad frame ends its own connection.
  test("garbage ends its connection with a reason, and nobody else's", async () => {
    const url = await place().document();
    const bystander = await FramesClient.joined(place().writer());
    bystander.request(url);
    const { data } = await bystander.hears("sync");
    const bad = [
      ["random bytes", Buffer.alloc(64, 0xff), 4400],
      ["no bytes", Buffer.alloc(0), 4400],
      ["a text frame", "{}", 4400],
      ["an array", Buffer.from([0x81, 0x01]), 4400],
      ["a length without end", Buffer.from([0xbb, ...Array(8).fill(0xff)]), 4400],
      ["too many bytes", Buffer.alloc(place().tooManyBytes), 4413],
    ];
    for (const [what, bytes, code] of bad) {
      const client = await FramesClient.joined(place().writer());
      client.sayBytes(bytes);
      assert.equal((await client.closed()).code, code, what);
    }
    const broken = [
      ["no sync message", Buffer.from([1, 2, 3]), 4422],
      ["half a sync message", Buffer.from(data).subarray(0, data.length >> 1), 4422],
      ["no data", Buffer.alloc(0), 4400],
    ];
    for (const [what, message, code] of broken) {
      const client = await FramesClient.joined(place().writer());
      client.request(url, { data: message });
      assert.equal((await client.closed()).code, code, what);
    }
    bystander.request(generateAutomergeUrl());
    await bystander.hears("doc-unavailable");
    assert.equal(bystander.end, undefined);
    bystander.close();
  });
});
