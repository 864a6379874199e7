// The service worker: makes the application open without a network. It holds the files of one release and the page
// around them, and nothing of anybody's; what a person has seen is kept by the pages themselves.
//
// It can strand nobody: pages come from the server whenever it answers, and name their files by content.
declare const self: ServiceWorkerGlobalScope & { FILES: readonly string[] };

/** Files of releases, by addresses that hold the hash of their content. */
const FILES = "countersign-files";
/** Images of documents, by addresses that hold the hash of their content. */
const IMAGES = "countersign-images";
/** The page without anything in it, in the language and theme it was last seen in. */
const SHELL = "/shell";
/** Where a release's list of files is kept among them. */
const LIST = "/assets/list/";
/** Releases whose files stay: the one that runs here, and the one that older tabs still run. */
const RELEASES_KEPT = 2;
/** How long a page may be awaited before the one that is here is shown. */
const PATIENCE_MS = 6_000;
/** Images that stay; the oldest go. */
const IMAGES_MAX = 300;

const IMAGE = /^\/documents\/[^/]+\/images\/[^/]+$/;

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([self.clients.claim(), prune(), self.registration.navigationPreload?.enable()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && pathname.startsWith("/api/")) event.respondWith(asked(request));
  else if (request.method !== "GET") return;
  else if (request.mode === "navigate") event.respondWith(page(event));
  else if (pathname.startsWith("/assets/")) event.respondWith(kept(FILES, request));
  else if (IMAGE.test(pathname)) event.respondWith(image(request, event));
});

self.addEventListener("message", (event) => {
  if (event.data === "shell") event.waitUntil(refreshShell());
});

/** Gets what the application is made of. All of it or nothing: without one file it would not start. */
async function fill(): Promise<void> {
  const cache = await caches.open(FILES);
  const missing = await absent(cache, self.FILES);
  await cache.addAll([...missing, new Request(SHELL, { cache: "no-store" })]);
  const list = `${LIST}${Date.now()}`;
  await cache.put(list, new Response(JSON.stringify(self.FILES)));
}

async function absent(cache: Cache, files: readonly string[]): Promise<string[]> {
  const here = await Promise.all(files.map((file) => cache.match(file)));
  return files.filter((_, at) => here[at] === undefined);
}

/** Lets go of files that neither this release nor the one before has. */
async function prune(): Promise<void> {
  const cache = await caches.open(FILES);
  const paths = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  const lists = paths.filter((path) => path.startsWith(LIST)).sort().reverse();
  const wanted = new Set<string>([SHELL, ...self.FILES]);
  for (const list of lists.slice(0, RELEASES_KEPT)) {
    wanted.add(list);
    const files = (await (await cache.match(list))?.json()) as string[] | undefined;
    for (const file of files ?? []) wanted.add(file);
  }
  await Promise.all(paths.filter((path) => !wanted.has(path)).map((path) => cache.delete(path)));
}

/** The page in the language and theme of now; not one that names files of another release. */
async function refreshShell(): Promise<void> {
  const answer = await fetch(SHELL, { cache: "no-store" });
  if (!answer.ok) return;
  const text = await answer.clone().text();
  const named = text.match(/\/assets\/[^"'\s]+/g) ?? [];
  if (named.every((file) => self.FILES.includes(file))) await (await caches.open(FILES)).put(SHELL, answer);
}

/** The server's page; the one that is here when it does not come. */
async function page(event: FetchEvent): Promise<Response> {
  const shell = (): Promise<Response | undefined> => caches.match(SHELL, { cacheName: FILES });
  const patience = new Promise<undefined>((done) => setTimeout(() => done(undefined), PATIENCE_MS));
  const answer = Promise.resolve(event.preloadResponse).then((ahead) => (ahead as Response | undefined) ?? fetch(event.request));
  try {
    const come = await Promise.race([answer, patience]);
    if (come !== undefined && !isGatewayOf(come)) return come;
    return (await shell()) ?? come ?? (await answer);
  } catch (error) {
    const here = await shell();
    if (here === undefined) throw error;
    return here;
  }
}

/** A proxy in front of a server that is not there answers for it, and not in its words. */
function isGatewayOf({ status }: Response): boolean {
  return status === 502 || status === 503 || status === 504;
}

/** What a proxy says in place of the server is no answer. */
async function asked(request: Request): Promise<Response> {
  const answer = await fetch(request);
  const isOurs = answer.headers.get("content-type")?.includes("json") === true;
  return isGatewayOf(answer) && !isOurs ? Response.error() : answer;
}

async function kept(name: string, request: Request): Promise<Response> {
  const here = await caches.match(request, { cacheName: name, ignoreVary: true });
  return here ?? fetch(request);
}

async function image(request: Request, event: FetchEvent): Promise<Response> {
  const here = await caches.match(request, { cacheName: IMAGES, ignoreVary: true });
  if (here !== undefined) return here;
  const answer = await fetch(request);
  if (answer.ok) event.waitUntil(keepImage(request, answer.clone()));
  return answer;
}

async function keepImage(request: Request, answer: Response): Promise<void> {
  const cache = await caches.open(IMAGES);
  await cache.put(request, answer);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - IMAGES_MAX)).map((key) => cache.delete(key)));
}

export {};
