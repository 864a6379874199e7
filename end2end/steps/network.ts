// One person's way to the server: a TCP relay that can be cut, as a cable is, without the server
// or anybody else noticing. Both directions, open connections and new ones alike.
import { type Server, type Socket, connect, createServer } from "node:net";

export class Network {
  private readonly open = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly relay: Server,
    /** Where the person's browser is led when it asks for the server. */
    readonly port: number,
  ) {}

  static async to(serverPort: number): Promise<Network> {
    const relay = createServer();
    await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
    const address = relay.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const network = new Network(relay, address.port);
    relay.on("connection", (near) => network.join(near, serverPort));
    return network;
  }

  private join(near: Socket, serverPort: number): void {
    if (this.isCut) {
      near.destroy();
      return;
    }
    const far = connect(serverPort, "127.0.0.1");
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.setNoDelay(true);
      this.open.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        this.open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.open) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.relay.close(resolve));
  }
}
