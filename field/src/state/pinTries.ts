/** What stands between somebody and their work after wrong PINs: fewer tries, a wait, or a code of the leader's. */

import { computed, onScopeDispose, shallowRef, type ComputedRef, type ShallowRef } from "vue"
import type { PersonHere, Unlocking } from "./people"

export interface PinTries {
  /** Tries before only a code helps, null before the first wrong one. */
  readonly left: Readonly<ShallowRef<number | null>>
  /** Seconds before the next try is taken, 0 if now. */
  readonly waitS: ComputedRef<number>
  readonly needsCode: ComputedRef<boolean>
  readonly heard: (came: Unlocking) => void
}

export function usePinTries(person: () => PersonHere | undefined): PinTries {
  const left = shallowRef<number | null>(null)
  const now = shallowRef(Date.now())
  const ticking = setInterval(() => (now.value = Date.now()), 1000)
  onScopeDispose(() => clearInterval(ticking))
  return {
    left,
    waitS: computed(() => Math.max(0, Math.ceil(((person()?.waitUntil ?? 0) - now.value) / 1000))),
    needsCode: computed(() => person()?.needsCode ?? false),
    heard: (came) => {
      now.value = Date.now()
      if (!came.done && came.why === "wrong") left.value = came.triesLeft
    },
  }
}
