// A client that says exactly what a test wants said, in the encoding automerge-repo itself uses.
import { randomUUID } from "node:crypto";
import * as Automerge from "@automerge/automerge";
import { cbor, parseAutomergeUrl } from "@automerge/automerge-repo";
import WebSocket from "ws";
import { until } from "./until.mjs";

/** A socket that has said nothing yet. */
export class FramesClient {
  static async open(url) {
    const socket = new WebSocket(url);
    const client = new FramesClient(socket);
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return client;
  }

  /** A socket that has joined. */
  static async joined(url) {
    const client = await FramesClient.open(url);
    client.join();
    await client.hears("peer");
    return client;
  }

  constructor(socket) {
    this.socket = socket;
    this.peerId = `frames-${randomUUID()}`;
    /** Everything heard so far. */
    this.heard = [];
    /** How the server closed the socket. */
    this.end = undefined;
    socket.on("message", (bytes) => this.heard.push(cbor.decode(new Uint8Array(bytes))));
    socket.on("close", (code, reason) => (this.end = { code, reason: reason.toString() }));
    // An end that is not clean has code 1006; there is nothing else to learn here.
    socket.on("error", () => undefined);
  }

  say(message) {
    this.sayBytes(cbor.encode(message));
  }

  sayBytes(bytes) {
    this.socket.send(bytes);
  }

  join(changed = {}) {
    const join = { type: "join", senderId: this.peerId, peerMetadata: {} };
    this.say({ ...join, supportedProtocolVersions: ["1"], ...changed });
  }

  /** Asks for a document as a client that has nothing of it. */
  request(url, changed = {}) {
    const { documentId } = parseAutomergeUrl(url);
    const [, data] = Automerge.generateSyncMessage(Automerge.init(), Automerge.initSyncState());
    const request = { type: "request", senderId: this.peerId, documentId, data };
    this.say({ ...request, targetId: this.server, ...changed });
  }

  /** Says something that is not kept. */
  broadcast(url, said) {
    const { documentId } = parseAutomergeUrl(url);
    const data = cbor.encode(said.data);
    const message = { type: "ephemeral", senderId: this.peerId, targetId: this.server, documentId };
    this.say({ ...message, sessionId: "session", ...said, data });
  }

  /** The messages of one type heard so far. */
  of(type) {
    return this.heard.filter((message) => message.type === type);
  }

  /** Waits for the n-th message of a type. */
  hears(type, n = 1) {
    return until(`message ${n} of type ${type}`, () => {
      const message = this.of(type)[n - 1];
      if (!message && this.end) throw new Error(`closed before ${type}: ${this.end.reason}`);
      return message;
    });
  }

  /** How the server calls itself. */
  get server() {
    return this.of("peer")[0]?.senderId;
  }

  /** Waits for the server to close the socket. */
  closed() {
    return until("the server to close the socket", () => this.end);
  }

  close() {
    this.socket.terminate();
  }
}
