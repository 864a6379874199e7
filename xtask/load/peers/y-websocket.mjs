// The server that y-websocket comes with, storing in LevelDB, as its README starts it.
const [folder, port] = process.argv.slice(2);
Object.assign(process.env, { HOST: "127.0.0.1", PORT: port, YPERSISTENCE: folder });

// It is a program, which its package does not export.
await import("./node_modules/@y/websocket-server/src/server.js");
