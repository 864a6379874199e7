// Unmodified automerge-repo clients, and what tests ask of them.
import { Repo } from "@automerge/automerge-repo";
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket";
import { until } from "./until.mjs";

/** How soon a client that lost its connection tries again. */
const RETRY_MS = 100;

const repos = new Set();

/**
 * The stock adapter, which throws past everybody what a server that goes away does to a client: it resets
 * the socket, takes nobody any more, hangs up. The socket closes as well, and that is what counts. It also
 * stops listening before it gives up a socket that is still connecting, which then has an error for nobody.
 */
class Adapter extends WebSocketClientAdapter {
  onError = () => undefined;

  connect(...whom) {
    super.connect(...whom);
    this.socket.addEventListener("error", () => undefined);
  }
}

function adapter(url) {
  return new Adapter(url, RETRY_MS);
}

/** A client without a connection. */
export function alone() {
  const repo = new Repo({ network: [] });
  repos.add(repo);
  return repo;
}

/** Gives a client its connection. */
export function goOnline(repo, url) {
  repo.networkSubsystem.addNetworkAdapter(adapter(url));
}

/** A client of this address, with nothing of its own. */
export function connect(url) {
  const repo = new Repo({ network: [adapter(url)] });
  repos.add(repo);
  return repo;
}

/** The client's copy of a document, as soon as it has one; "unavailable" is not the last word. */
export async function open(repo, url) {
  const handle = await repo.find(url, { allowableStates: ["ready", "unavailable"] });
  await until(`${url} to arrive`, () => handle.isReady());
  return handle;
}

/** The client's copy of a document that need not be there yet. */
export function ask(repo, url) {
  return repo.find(url, { allowableStates: ["ready", "unavailable"] });
}

/** What stands at a path of the copy. */
export function at(handle, path) {
  return path.reduce((value, key) => value?.[key], handle.doc());
}

/** The copy's version. Heads have no order of their own. */
export function version(handle) {
  return [...handle.heads()].sort().join(" ");
}

/** Waits until all copies are one. */
export async function allEqual(...handles) {
  await until("all copies to be equal", () => new Set(handles.map(version)).size === 1);
}

/** How the server ends the connection a client has now. */
export function endOf(repo) {
  const [{ socket }] = repo.networkSubsystem.adapters;
  return new Promise((resolve) => {
    socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
  });
}

/** Ends a client for good. */
export async function leave(repo) {
  repos.delete(repo);
  await repo.shutdown();
}

/** Ends every client that is left. */
export async function leaveAll() {
  await Promise.all([...repos].map(leave));
}
