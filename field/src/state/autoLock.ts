/** Locks a person's work when nobody has touched the phone for a while. Signed work goes on to the county while locked. */

import { onScopeDispose } from "vue"
import type { PhoneStore } from "./phone"

export const IDLE_MS = 5 * 60 * 1000
const SIGNS_OF_LIFE = ["pointerdown", "keydown"] as const

/** Also counts while the page is hidden: whoever comes back from the camera in time need not type again. */
export function useAutoLock(phone: Pick<PhoneStore, "life" | "lock">, idleMs = IDLE_MS): void {
  let touched = performance.now()
  const touch = (): void => {
    touched = performance.now()
  }
  const look = (): void => {
    if (phone.life.at === "open" && performance.now() - touched >= idleMs) void phone.lock()
  }
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, touch, { passive: true })
  document.addEventListener("visibilitychange", look)
  const looking = setInterval(look, 10_000)
  onScopeDispose(() => {
    clearInterval(looking)
    document.removeEventListener("visibilitychange", look)
    for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, touch)
  })
}
