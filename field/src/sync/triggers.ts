/** What wakes the engine in a browser: the page coming back, the network coming back. Background Sync is a bonus. */

import type { Wake } from "./engine"

interface SyncManager {
  register(tag: string): Promise<void>
}

/** Listens until the answered function is called. */
export function listen(wake: (why: Wake) => void, page: Window = window): () => void {
  const back = (): void => {
    if (page.document.visibilityState === "visible") wake("return")
    else void askBackground(page)
  }
  const online = (): void => wake("online")
  page.document.addEventListener("visibilitychange", back)
  page.addEventListener("online", online)
  const workers = page.navigator.serviceWorker as ServiceWorkerContainer | undefined
  const told = ({ data }: MessageEvent<unknown>): void => {
    if (data === "sync") wake("online")
  }
  workers?.addEventListener("message", told)
  return () => {
    page.document.removeEventListener("visibilitychange", back)
    page.removeEventListener("online", online)
    workers?.removeEventListener("message", told)
  }
}

/** Ask the browser to wake the service worker once there is a network; it wakes the page if that still lives. */
async function askBackground(page: Window): Promise<void> {
  const workers = page.navigator.serviceWorker as ServiceWorkerContainer | undefined
  const found = (await workers?.getRegistration()) as
    (ServiceWorkerRegistration & { sync?: SyncManager }) | undefined
  // Browsers without it, and people who forbade it, lose nothing: the page asks when it is back.
  await found?.sync?.register("qianshao-sync").catch(() => undefined)
}
