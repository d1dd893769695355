// Keeps the app itself on the phone, so that it opens underground. Never touches the API, never the phone's records, and
// never changes the app under a visit that is under way: such a visit goes on with the version it began with.

declare const self: ServiceWorkerGlobalScope

interface Shell {
  readonly version: string
  readonly files: readonly string[]
}

/** What this build consists of; tools/precache.ts writes it here. */
const SHELL = "__SHELL__" as unknown as Shell
const SCOPE = "/app/"
const KEPT = "qianshao-shell-"
/** device/shell.ts writes the hold: which version must stay, and until when. */
const HOLD = { cache: "qianshao-hold", key: "/app/hold" }

self.addEventListener("install", (event) => event.waitUntil(install()))
self.addEventListener("activate", (event) => event.waitUntil(activate()))
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== "GET" || url.origin !== location.origin || !url.pathname.startsWith(SCOPE))
    return
  event.respondWith(event.request.mode === "navigate" ? page() : file(event.request, url.pathname))
})
self.addEventListener("message", (event) => {
  if (event.data === "version") event.waitUntil(tell(event.ports[0]))
  if (event.data === "newest") event.ports[0]?.postMessage(SHELL.version)
  if (event.data === "take over") event.waitUntil(takeOver())
})

// The network came back while the app was in the background: the app sends, if it still lives; the worker never does.
self.addEventListener("sync", (event) => {
  const { tag } = event as unknown as { tag: string }
  if (tag === "qianshao-sync") (event as ExtendableEvent).waitUntil(wake())
})

async function wake(): Promise<void> {
  for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage("sync")
}

/** All or nothing. During a visit nothing is taken in: the browser asks again later. */
async function install(): Promise<void> {
  if ((await held()) !== null) throw new Error("a visit is under way")
  const cache = await caches.open(KEPT + SHELL.version)
  const isLasting = (name: string): boolean => name.startsWith("assets/")
  const requests = SHELL.files.map(
    (name) => new Request(SCOPE + name, { cache: isLasting(name) ? "default" : "reload" }),
  )
  await cache.addAll(requests)
}

async function activate(): Promise<void> {
  const keep = [SHELL.version, await held()].map((version) => KEPT + String(version))
  const old = (await caches.keys()).filter((name) => name.startsWith(KEPT) && !keep.includes(name))
  await Promise.all(old.map((name) => caches.delete(name)))
  await self.clients.claim()
}

async function takeOver(): Promise<void> {
  if ((await held()) === null) await self.skipWaiting()
}

async function page(): Promise<Response> {
  return (await (await shell()).match(`${SCOPE}index.html`)) ?? fetch(`${SCOPE}index.html`)
}

/** What has its digest in its name is the same in every version that has it. */
async function file(request: Request, path: string): Promise<Response> {
  const kept = path.startsWith(`${SCOPE}assets/`) ? caches : await shell()
  return (await kept.match(path)) ?? fetch(request)
}

/** This version's files, or those of the visit that is under way. */
async function shell(): Promise<Cache> {
  return caches.open(KEPT + (await served()))
}

async function served(): Promise<string> {
  const version = await held()
  return version !== null && (await caches.has(KEPT + version)) ? version : SHELL.version
}

async function tell(port: MessagePort | undefined): Promise<void> {
  port?.postMessage(await served())
}

async function held(): Promise<string | null> {
  const found = await (await caches.open(HOLD.cache)).match(HOLD.key)
  if (found === undefined) return null
  const hold = (await found.json()) as { version: string; until: number }
  return Date.now() < hold.until ? hold.version : null
}
