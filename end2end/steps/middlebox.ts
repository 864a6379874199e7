// What stands between some people and every server: an HTTP proxy that knows no WebSocket, and, where
// it looks for viruses, shows nothing of an answer before it has all of it.
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from "node:http";

export type Habit = "refuses sockets" | "refuses sockets and holds streams back";

export class Middlebox {
  /** Paths of the requests that came by. */
  readonly seen: string[] = [];
  /** Which release the service worker is said to be of: another number is another worker. */
  release = 0;
  /** Answers for a server that is not there, as proxies do, in place of ending the connection. */
  isGateway = false;

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
      if (middlebox.seen.at(-1) === "/sw.js") void passWorker(answer, serverPort, middlebox.release);
      else pass(asked, answer, serverPort, hold, () => middlebox.isGateway);
    });
    proxy.on("upgrade", (_, socket) => socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n"));
    return middlebox;
  }

  async close(): Promise<void> {
    this.proxy.closeAllConnections();
    await new Promise((resolve) => this.proxy.close(resolve));
  }
}

function pass(asked: IncomingMessage, answer: ServerResponse, port: number, hold: boolean, isGateway: () => boolean): void {
  const { method, url, headers } = asked;
  const onward = request({ host: "127.0.0.1", port, method, path: url, headers });
  onward.on("error", () => {
    if (!isGateway() || answer.headersSent) return void answer.destroy();
    answer.writeHead(502, { "content-type": "text/html" });
    answer.end("<h1>Bad Gateway</h1>");
  });
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

/** The worker's script as the server gives it, marked with a release of our own. */
async function passWorker(answer: ServerResponse, port: number, release: number): Promise<void> {
  const there = await fetch(`http://127.0.0.1:${port}/sw.js`).catch(() => undefined);
  if (there === undefined) return void answer.destroy();
  const headers = Object.fromEntries(["content-type", "cache-control", "content-security-policy"].map((name) => [name, there.headers.get(name) ?? ""]));
  answer.writeHead(there.status, headers);
  answer.end(`${await there.text()}\n// release ${release}`);
}
