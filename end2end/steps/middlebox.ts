// What stands between some people and every server: an HTTP proxy that knows no WebSocket, and, where
// it looks for viruses, shows nothing of an answer before it has all of it.
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from "node:http";

export type Habit = "refuses sockets" | "refuses sockets and holds streams back";

export class Middlebox {
  /** Paths of the requests that came by. */
  readonly seen: string[] = [];

  private constructor(
    private readonly proxy: Server,
    readonly port: number,
  ) {}

  static async before(serverPort: number, habit: Habit): Promise<Middlebox> {
    const proxy = createServer();
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const address = proxy.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const middlebox = new Middlebox(proxy, address.port);
    const hold = habit === "refuses sockets and holds streams back";
    proxy.on("request", (asked, answer) => {
      middlebox.seen.push(new URL(asked.url ?? "/", "http://localhost").pathname);
      pass(asked, answer, serverPort, hold);
    });
    proxy.on("upgrade", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"));
    return middlebox;
  }

  async close(): Promise<void> {
    this.proxy.closeAllConnections();
    await new Promise((resolve) => this.proxy.close(resolve));
  }
}

function pass(asked: IncomingMessage, answer: ServerResponse, port: number, hold: boolean): void {
  const { method, url, headers } = asked;
  const onward = request({ host: "127.0.0.1", port, method, path: url, headers });
  onward.on("error", () => answer.destroy());
  answer.on("close", () => onward.destroy());
  onward.on("response", (there) => {
    if (!hold) {
      answer.writeHead(there.statusCode ?? 502, there.headers);
      there.pipe(answer);
      return;
    }
    const kept: Buffer[] = [];
    there.on("data", (bytes: Buffer) => kept.push(bytes));
    there.on("end", () => {
      answer.writeHead(there.statusCode ?? 502, there.headers);
      answer.end(Buffer.concat(kept));
    });
  });
  asked.pipe(onward);
}
