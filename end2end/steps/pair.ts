// Two people in one new document: a project manager at a desk and somebody they invited, each in a browser of their own.
import { createDocument, createProject, enter, invite, setUp } from "./app.ts";
import { untilEditable } from "./paper.ts";
import { type Looks, Person } from "./person.ts";
import { Countersign } from "./server.ts";

export interface Pair {
  server: Countersign;
  pm: Person;
  other: Person;
  /** Both pages have complained about nothing; everybody goes, and the server with them. */
  leave(): Promise<void>;
}

/** A fresh server, a project, a document of `kind`, and both of them in it; `role` is the other's. */
export async function pairIn(kind: string, role: "client" | "reader" = "client", looks: Looks = {}): Promise<Pair> {
  const server = await Countersign.fresh();
  const pm = await Person.arrive("王敏", server, { locale: "zh-CN" });
  await setUp(pm, await server.setupLink(), "王敏");
  const project = await createProject(pm, "官网改版", "青禾");
  const link = await invite(pm, project, "Li Wei", role);
  const address = await createDocument(pm, project, kind, "官网改版");
  const other = await Person.arrive("Li Wei", server, { locale: "en", ...looks });
  await enter(other, link);
  await other.page.goto(address);
  await untilEditable(pm.page);
  if (role !== "reader") await untilEditable(other.page);
  return {
    server,
    pm,
    other,
    leave: async () => {
      for (const person of [pm, other]) person.expectNoComplaints();
      await Promise.all([pm.leave(), other.leave()]);
      await server.stop();
    },
  };
}
