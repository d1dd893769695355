/** Newer versions of the app: put in place between visits, never during one. */

import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from "vue"
import { browserShell, type Shell } from "../device/shell"
import type { PhoneStore } from "./phone"

declare const __APP_VERSION__: string
/** As package.json says it. */
export const APP_VERSION = __APP_VERSION__
const LOOK_EVERY_MS = 60 * 60 * 1000
const RENEW_EVERY_MS = 5 * 60 * 1000
/** A visit that was forgotten open does not keep updates away for ever. */
const FORGOTTEN_MS = 3 * 24 * 60 * 60 * 1000

export interface Updating {
  /** A newer version is on the phone and waits. */
  readonly isReady: Readonly<ShallowRef<boolean>>
  /** There is a newer version; the visit that is under way kept it from being fetched. */
  readonly isRefused: Readonly<ShallowRef<boolean>>
  /** A visit is under way here: what is waiting goes on waiting. */
  readonly isHeld: ComputedRef<boolean>
  readonly version: Readonly<ShallowRef<string | null>>
  /** Loads the newer version; saved and unsent work stays where it is. False if there is none or a visit runs. */
  update: () => Promise<boolean>
}

const isReady = shallowRef(false)
const isRefused = shallowRef(false)
const version = shallowRef<string | null>(null)

export function useUpdating(phone: PhoneStore, shell: Shell = browserShell): Updating {
  const isHeld = computed(() => isUnderWay(phone, Date.now()))
  return {
    isReady,
    isRefused,
    version,
    isHeld,
    update: async () => !isHeld.value && (await shell.takeOver()),
  }
}

/** Keeps the version that a visit began with for as long as one is under way. For the app's whole life. */
export function useHolding(phone: PhoneStore, shell: Shell = browserShell): void {
  const keep = async (): Promise<void> => {
    if (isUnderWay(phone, Date.now())) await shell.hold()
    // While locked the phone cannot know its visits: what is held stays held.
    else if (phone.life.at === "open") await letGo(shell)
  }
  watch(() => [phone.life.at, isUnderWay(phone, Date.now())], keep, { immediate: true })
  const renewing = setInterval(() => void keep(), RENEW_EVERY_MS)
  onScopeDispose(() => clearInterval(renewing))
}

/** What a visit kept away may come now. */
async function letGo(shell: Shell): Promise<void> {
  await shell.release()
  isReady.value = await shell.isWaiting()
  if (!isRefused.value) return
  isRefused.value = false
  await shell.look()
}

/** Once, after the first screen is there. */
export async function watchForUpdates(shell: Shell = browserShell): Promise<void> {
  version.value = await shell.version()
  await shell.start((newer) => {
    isReady.value = newer === "ready"
    isRefused.value = newer === "refused"
  })
  // The first start was without a worker.
  version.value ??= await shell.version()
  isReady.value ||= await shell.isWaiting()
  setInterval(() => void shell.look(), LOOK_EVERY_MS)
}

/** Before anything is shown: a version that waits takes over, unless a visit is held. True if the page loads anew. */
export async function takeOverFirst(shell: Shell = browserShell): Promise<boolean> {
  return (await shell.isWaiting()) && (await shell.takeOver())
}

/** Whether somebody on this phone is in a visit that is not handed in. `now`: wall ms. */
export function isUnderWay(phone: Pick<PhoneStore, "device" | "visits">, now: number): boolean {
  return phone
    .visits()
    .some(
      (visit) =>
        visit.status === "open" &&
        now - Date.parse(visit.date) < FORGOTTEN_MS &&
        visit.participants.some((who) => who.endsWith(`@${phone.device}`)),
    )
}
