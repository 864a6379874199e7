// The line between a client and the server: it can be held, cut, and carry a session's headers as a
// browser would. Bytes pass through it unread, except for the head of the request.
import { createServer, connect as dial } from "node:net";

const lines = new Set();

/** Closes every line that is left. */
export function closeAll() {
  for (const line of lines) line.close();
}

/** A line to one server. */
export class Line {
  /** @param headers what is added to every request, as a browser adds its cookie */
  static async to(server, headers = {}) {
    const line = new Line(server, headers);
    lines.add(line);
    await new Promise((resolve) => line.listener.listen(0, "127.0.0.1", resolve));
    return line;
  }

  constructor(server, headers) {
    this.server = server;
    this.headers = headers;
    this.pairs = new Set();
    /** Bytes that may still pass towards the client, and towards the server, before it is held. */
    this.left = { down: Infinity, up: Infinity };
    /** Bytes kept back by a held line. */
    this.kept = { down: 0, up: 0 };
    this.listener = createServer((client) => this.#carry(client));
  }

  /** The address of the same place through this line. */
  url(url) {
    const through = new URL(url);
    through.port = String(this.listener.address().port);
    return through.href;
  }

  /** Lets so many more bytes pass in one direction, then none. */
  holdAfter(direction, bytes) {
    this.left[direction] = bytes;
    this.kept[direction] = 0;
  }

  /** Lets everything pass again, on new connections. */
  release() {
    this.left = { down: Infinity, up: Infinity };
    this.cut();
  }

  /** Takes no connections any more; those there are stay. */
  refuse() {
    this.port = this.listener.address().port;
    this.listener.close();
  }

  /** Takes connections again and lets everything pass on them. */
  async restore() {
    await new Promise((resolve) => this.listener.listen(this.port, "127.0.0.1", resolve));
    this.release();
  }

  /** Ends what is connected now. */
  cut() {
    for (const { client, upstream } of this.pairs) {
      client.end();
      upstream.destroy();
    }
    this.pairs.clear();
  }

  close() {
    lines.delete(this);
    this.cut();
    this.listener.close();
  }

  #carry(client) {
    const upstream = dial(this.server.port, "127.0.0.1");
    const pair = { client, upstream };
    this.pairs.add(pair);
    const end = () => {
      this.pairs.delete(pair);
      client.end();
      upstream.end();
    };
    for (const socket of [client, upstream]) {
      socket.on("error", end);
      socket.on("close", end);
    }
    const passUp = this.#pass("up", upstream);
    client.once("data", (head) => {
      passUp(this.#withHeaders(head));
      client.on("data", passUp);
    });
    upstream.on("data", this.#pass("down", client));
  }

  /** Passes bytes on in one direction as far as they may; what may not is kept back for good. */
  #pass(direction, to) {
    return (bytes) => {
      const passing = Math.min(bytes.length, this.left[direction]);
      this.left[direction] -= passing;
      this.kept[direction] += bytes.length - passing;
      if (passing > 0 && to.writable) to.write(bytes.subarray(0, passing));
    };
  }

  #withHeaders(head) {
    const lines = Object.entries(this.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const text = head.toString("latin1");
    const end = text.indexOf("\r\n") + 2;
    return Buffer.from(text.slice(0, end) + lines.join("") + text.slice(end), "latin1");
  }
}
