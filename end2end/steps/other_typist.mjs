// Another person's computer, as far as the one measured can tell: an unmodified automerge-repo client that types at the
// end of one part, every letter a change of its own. It is a process of its own, because nobody's computer does the work
// of somebody else's. It says when it is ready, types each text it is sent, and says when that is done.
//
// Forked with SYNC_ADDRESS DOCUMENT_ID ROLE EVERY_MS.
import { spans, splice } from "@automerge/automerge";
import { Repo } from "@automerge/automerge-repo";
import { WebSocketClientAdapter } from "@automerge/automerge-repo-network-websocket";

const [address, documentId, role, everyMs] = process.argv.slice(2);
const repo = new Repo({ network: [new WebSocketClientAdapter(address, 200)] });
const handle = await repo.find(documentId);

const sections = Object.entries(handle.doc().sections);
const section = sections.find(([, { role: its }]) => String(its) === role);
if (!section) throw new Error(`the document has no part ${role}`);
const body = ["sections", section[0], "body"];
// In the document's own unit: UTF-16 code units, and one for each marker.
let end = spans(handle.doc(), body).reduce(
  (length, span) => length + (span.type === "text" ? span.value.length : 1),
  0,
);

process.on("message", async (text) => {
  for (const letter of text) {
    const typed = Date.now();
    handle.change((doc) => splice(doc, body, end, 0, letter));
    end += 1;
    await new Promise((on) => setTimeout(on, Math.max(0, typed + Number(everyMs) - Date.now())));
  }
  process.send("typed");
});
process.on("disconnect", () => process.exit());
process.send("ready");
