/** What a phone must have before it goes underground, as the browser tells it. Judges nothing. */

export interface ReadinessFacts {
  /** Served so that keys, storage and camera are allowed. */
  readonly isSecure: boolean
  /** Inside another app's browser, whose storage goes with that app. */
  readonly isEmbedded: boolean
  /** The Chromium engine's number, null for another engine. */
  readonly engine: number | null
  /** Started from the home screen. */
  readonly isInstalled: boolean
  /** The app itself opens without a network. */
  readonly isKept: boolean
  /** The browser promised not to clear what is stored. */
  readonly isPersistent: boolean
  /** Bytes that may still be stored, null where the browser does not say. */
  readonly free: number | null
  readonly camera: "granted" | "unasked" | "refused" | "absent"
}

export interface Readiness {
  read: () => Promise<ReadinessFacts>
  /** Ask the browser to keep what is stored; what it answered. */
  persist: () => Promise<boolean>
  /** Ask for the camera once, so that the question does not come underground. */
  askCamera: () => Promise<void>
  /** Offer to install; false where the browser offers nothing. */
  install: () => Promise<boolean>
}

interface InstallOffer extends Event {
  prompt: () => Promise<unknown>
}

let offer: InstallOffer | null = null

/** The browser offers installing once, early: keep it for the button. */
export function keepInstallOffer(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault()
    offer = event as InstallOffer
  })
}

const EMBEDDED = /MicroMessenger|DingTalk|WeiBo|QQ\/|Alipay|; wv\)/i

export const browserReadiness: Readiness = {
  async read() {
    const estimate = await storage()?.estimate()
    return {
      isSecure: isSecureContext && "subtle" in crypto,
      isEmbedded: EMBEDDED.test(navigator.userAgent),
      engine: engineOf(navigator.userAgent),
      isInstalled: matchMedia("(display-mode: standalone), (display-mode: fullscreen)").matches,
      isKept: "serviceWorker" in navigator && navigator.serviceWorker.controller !== null,
      isPersistent: (await storage()?.persisted()) ?? false,
      free: estimate?.quota === undefined ? null : estimate.quota - (estimate.usage ?? 0),
      camera: await camera(),
    }
  },
  async persist() {
    return (await storage()?.persist()) ?? false
  },
  async askCamera() {
    const stream = await devices()?.getUserMedia({ video: true })
    for (const track of stream?.getTracks() ?? []) track.stop()
  },
  async install() {
    await offer?.prompt()
    return offer !== null
  },
}

/** The number behind Chrome/ or Chromium/ of a user agent. */
export function engineOf(agent: string): number | null {
  const found = /Chrom(?:e|ium)\/(\d+)/.exec(agent)?.[1]
  return found === undefined ? null : Number(found)
}

/** Browsers leave both away on an insecure page, whatever their types say. */
function storage(): StorageManager | undefined {
  return navigator.storage
}

function devices(): MediaDevices | undefined {
  return navigator.mediaDevices
}

async function camera(): Promise<ReadinessFacts["camera"]> {
  const found = (await devices()?.enumerateDevices()) ?? []
  if (!found.some((device) => device.kind === "videoinput")) return "absent"
  // Not every engine knows this name of a permission.
  const asked = await navigator.permissions.query({ name: "camera" }).catch(() => null)
  if (asked?.state === "denied") return "refused"
  return asked?.state === "granted" ? "granted" : "unasked"
}
