// An automerge-repo that keeps its documents in files and shares those it is asked for: what the
// project's own sync server is.
import { Repo } from "@automerge/automerge-repo";
import { WebSocketServerAdapter } from "@automerge/automerge-repo-network-websocket";
import { NodeFSStorageAdapter } from "@automerge/automerge-repo-storage-nodefs";
import { WebSocketServer } from "ws";

const [folder, port] = process.argv.slice(2);

const socket = new WebSocketServer({ host: "127.0.0.1", port: Number(port) });
new Repo({
  network: [new WebSocketServerAdapter(socket)],
  storage: new NodeFSStorageAdapter(folder),
  peerId: `storage-server-${port}`,
  sharePolicy: async () => false,
});
