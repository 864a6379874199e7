// The server of y-websocket, storing in LevelDB: the lines of its own program, which would not say
// which port it was given.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

[, , process.env.YPERSISTENCE] = process.argv;
const { setupWSConnection } = await import("@y/websocket-server/utils");

const server = createServer();
new WebSocketServer({ server }).on("connection", setupWSConnection);
server.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
