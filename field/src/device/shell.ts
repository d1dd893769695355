/** The app itself as it is kept on this phone: whether it opens without a network, and when a newer one may take over. */

const WORKER = "/app/sw.js"
const HOLD = { cache: "qianshao-hold", key: "/app/hold" }
/** Longer than any shift underground; a visit that is forgotten open does not keep updates away for ever. */
export const HELD_MS = 20 * 60 * 60 * 1000
const ANSWERS_WITHIN_MS = 2000

/** A newer version is on the phone, or a visit kept it away. */
export type Newer = "ready" | "refused"

export interface Shell {
  /** Registers the worker; `heard` of every newer version that comes. Once, after the first screen is there. */
  start: (heard: (newer: Newer) => void) => Promise<void>
  /** Ask the server for a newer version. */
  look: () => Promise<void>
  /** The version that this page was loaded from, null before the first is kept. */
  version: () => Promise<string | null>
  /** A visit runs: the version stays as it is. */
  hold: () => Promise<void>
  release: () => Promise<void>
  /** A newer version than this page's is on the phone. */
  isWaiting: () => Promise<boolean>
  /** Lets the newer version take over and loads it; false if there is none or a visit holds it back. */
  takeOver: () => Promise<boolean>
}

interface ScriptPolicy {
  createScriptURL: (url: string) => string
}
interface PolicyFactory {
  createPolicy: (name: string, rules: ScriptPolicy) => ScriptPolicy
}

/** The page's own policy lets no string become a script's address but this one. */
function workerAddress(): string {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes
  const address = factory?.createPolicy("qianshao", { createScriptURL: () => WORKER })
  return address === undefined ? WORKER : address.createScriptURL(WORKER)
}

export const browserShell: Shell = {
  async start(heard) {
    if (!("serviceWorker" in navigator)) return
    const options = { scope: "/app/", updateViaCache: "none" } as const
    const registration = await navigator.serviceWorker.register(workerAddress(), options)
    if (registration.waiting) heard("ready")
    if (registration.installing) watchComing(registration.installing, heard)
    registration.addEventListener("updatefound", () => {
      if (registration.installing) watchComing(registration.installing, heard)
    })
  },
  async look() {
    await (await registered())?.update().catch(() => undefined)
  },
  version,
  async hold() {
    const held = await version()
    if (held === null) return
    const content = JSON.stringify({ version: held, until: Date.now() + HELD_MS })
    await (await caches.open(HOLD.cache)).put(HOLD.key, new Response(content))
  },
  async release() {
    if ("caches" in globalThis) await caches.delete(HOLD.cache)
  },
  async isWaiting() {
    return (await registered())?.waiting != null || (await isOutdated())
  },
  takeOver,
}

async function registered(): Promise<ServiceWorkerRegistration | undefined> {
  return "serviceWorker" in navigator ? navigator.serviceWorker.getRegistration("/app/") : undefined
}

function watchComing(coming: ServiceWorker, heard: (newer: Newer) => void): void {
  coming.addEventListener(
    "statechange",
    () => {
      if (navigator.serviceWorker.controller) heard(coming.state === "installed" ? "ready" : "refused")
    },
    { once: true },
  )
}

/** Asked once: what the worker serves later may be newer than this page. */
let loaded: string | null = null

async function version(): Promise<string | null> {
  return (loaded ??= await ask("version"))
}

/** The browser put a newer worker in place while no page was open, and a visit goes on with the older version. */
async function isOutdated(): Promise<boolean> {
  const [own, newest] = [await version(), await ask("newest")]
  return own !== null && newest !== null && own !== newest
}

/** Loaded anew, the page would still be of its own version. */
async function isHeld(): Promise<boolean> {
  return (await ask("version")) === (await version())
}

/** `version`: that which a page would be loaded from now; `newest`: that of the worker, which a hold may keep back. */
async function ask(about: "version" | "newest"): Promise<string | null> {
  const worker = "serviceWorker" in navigator ? navigator.serviceWorker.controller : null
  if (worker === null) return null
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event: MessageEvent<string>) => resolve(event.data)
    worker.postMessage(about, [port2])
    setTimeout(() => resolve(null), ANSWERS_WITHIN_MS)
  })
}

async function takeOver(): Promise<boolean> {
  const waiting = (await registered())?.waiting
  if (!waiting) return (await isOutdated()) && !(await isHeld()) && reloaded()
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => resolve(false), ANSWERS_WITHIN_MS)
    navigator.serviceWorker.addEventListener(
      "controllerchange",
      () => {
        clearTimeout(giveUp)
        resolve(reloaded())
      },
      { once: true },
    )
    waiting.postMessage("take over")
  })
}

function reloaded(): boolean {
  location.reload()
  return true
}
