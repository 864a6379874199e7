// An automerge-repo that keeps its documents in files and shares those it is asked for: what the
// project's own sync server is.
import { createServer } from "node:http";
import { Repo } from "@automerge/automerge-repo";
import { WebSocketServerAdapter } from "@automerge/automerge-repo-network-websocket";
import { NodeFSStorageAdapter } from "@automerge/automerge-repo-storage-nodefs";
import { WebSocketServer } from "ws";

const [folder] = process.argv.slice(2);

const server = createServer();

// Whoever comes before the repo has taken its adapter into use is never answered: open only then.
class Adapter extends WebSocketServerAdapter {
  connect(...peer) {
    super.connect(...peer);
    server.listen(0, "127.0.0.1", () => {
      console.log(`http://127.0.0.1:${server.address().port}`);
    });
  }
}

new Repo({
  network: [new Adapter(new WebSocketServer({ server }))],
  storage: new NodeFSStorageAdapter(folder),
  peerId: "storage-server",
  sharePolicy: async () => false,
});
