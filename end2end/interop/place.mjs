// Where a scenario plays: in a project, whose people hold tokens of their own, or over the relay,
// whose documents are what clients bring. What must hold in both is written once.
import { after, before, describe } from "node:test";
import { ApiClient } from "./api.mjs";
import { Countersign } from "./countersign.mjs";
import { closeAll } from "./line.mjs";
import { connect, leave, leaveAll, open } from "./stock.mjs";

/** Bytes of a frame that are too many: a relay's programs bring whole documents in one. */
const TOO_MANY_BYTES = { project: 256 * 1024 + 1, relay: 4 * 1024 * 1024 + 1 };

const WRITING_ROLES = ["owner", "client", "member"];

/** Documents of one project, reached by its people. */
class ProjectPlace {
  tooManyBytes = TOO_MANY_BYTES.project;

  constructor(server, owner) {
    this.server = server;
    this.owner = owner;
  }

  static async open() {
    const server = await Countersign.withDemo();
    const owner = await ApiClient.enter(server, server.person("owner").login_url);
    return new ProjectPlace(server, owner);
  }

  /** Where the n-th writer syncs: each is another person. */
  writer(n = 0) {
    return this.server.syncUrl(this.server.person(WRITING_ROLES[n % 3]).token);
  }

  /** The address of a new document with a text to write in. */
  async document() {
    const project = this.server.demo.project.id;
    const made = { project, kind: "requirement_document", title: "Interop", language: "en" };
    return `automerge:${await this.owner.call("create_document", { new: made })}`;
  }

  /** Where in a document tests write: rich text of the first section. */
  path(handle) {
    return ["sections", Object.keys(handle.doc().sections).sort()[0], "body"];
  }
}

/** Documents of a relay, reached by whoever shows its token. */
class RelayPlace {
  tooManyBytes = TOO_MANY_BYTES.relay;

  constructor(server) {
    this.server = server;
  }

  static async open() {
    return new RelayPlace(await Countersign.relay());
  }

  writer() {
    return this.server.syncUrl();
  }

  async document() {
    const bringer = connect(this.writer());
    const { url } = bringer.create({ words: "" });
    await reaches(this, url);
    await leave(bringer);
    return url;
  }

  path() {
    return ["words"];
  }
}

/** Waits until the server has a document: another client, with nothing of its own, gets it. */
export async function reaches(place, url) {
  const reader = connect(place.writer());
  await open(reader, url);
  await leave(reader);
}

/** Plays a suite in a project and over the relay. It is given a way to ask for its place. */
export function inBothModes(suite) {
  inAProject(suite);
  overTheRelay(suite);
}

export function inAProject(suite) {
  playedIn("in a project", () => ProjectPlace.open(), suite);
}

export function overTheRelay(suite) {
  playedIn("over the relay", () => RelayPlace.open(), suite);
}

function playedIn(name, opening, suite) {
  describe(name, () => {
    let place;
    before(async () => {
      place = await opening();
    });
    after(async () => {
      await leaveAll();
      closeAll();
      await place?.server.stop();
    });
    suite(() => place);
  });
}
