// Another person's computer, as far as the one measured can tell: an automerge-repo client that types at the end of one
// part and says what our own browser program says meanwhile — at every letter where the caret is and what is in no
// change yet, every quarter of a second a change. It is a process of its own, because nobody's computer does the work of
// somebody else's. It says when it is ready, types each text it is sent, and says when that is done.
//
// Forked with SYNC_ADDRESS DOCUMENT_ID ROLE EVERY_MS.
import { getCursor, spans, splice } from "@automerge/automerge";
import { Repo } from "@automerge/automerge-repo";
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket";

/** How our program gathers typing while somebody is there to see it. */
const CHANGE_EVERY_MS = 250;

const [address, documentId, role, everyMs] = process.argv.slice(2);
const repo = new Repo({ network: [new WebSocketClientAdapter(address, 200)] });
const handle = await repo.find(documentId);

const [id] = Object.entries(handle.doc().sections).find(([, { role: its }]) => String(its) === role) ?? [];
if (id === undefined) throw new Error(`the document has no part ${role}`);
const [body, name] = [["sections", id, "body"], `s/${id}/body`];
// In the document's own unit: UTF-16 code units, and one for each marker.
let end = spans(handle.doc(), body).reduce(
  (length, span) => length + (span.type === "text" ? span.value.length : 1),
  0,
);
let [pending, changedAt] = ["", 0];

process.on("message", async (text) => {
  for (const letter of text) {
    const typed = Date.now();
    pending += letter;
    if (typed - changedAt >= CHANGE_EVERY_MS) change(typed);
    announce();
    await new Promise((on) => setTimeout(on, Math.max(0, typed + Number(everyMs) - Date.now())));
  }
  change(Date.now());
  announce();
  process.send("typed");
});
process.on("disconnect", () => process.exit());
process.send("ready");

function change(now) {
  const letters = pending;
  handle.change((doc) => splice(doc, body, end, 0, letters));
  end += letters.length;
  [pending, changedAt] = ["", now];
}

function announce() {
  const caret = [name, getCursor(handle.doc(), body, end)];
  const typing = pending === "" ? {} : { pending: [...caret, pending] };
  handle.broadcast({ v: 1, anchor: caret, head: caret, ...typing });
}
