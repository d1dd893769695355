/** A PIN on its way, key by key: no longer than one may be, and finished only where it can be one. */

import { computed, ref, type ComputedRef, type Ref } from "vue"
import { SHORTEST } from "../storage/pin"

export const LONGEST = 12
export { SHORTEST }

export interface TypingPin {
  readonly typed: Readonly<Ref<string>>
  readonly canFinish: ComputedRef<boolean>
  press: (key: string) => void
  erase: () => void
  clear: () => void
}

export function useTypingPin(): TypingPin {
  const typed = ref("")
  return {
    typed,
    canFinish: computed(() => typed.value.length >= SHORTEST),
    press: (key) => {
      if (typed.value.length < LONGEST) typed.value += key
    },
    erase: () => {
      typed.value = typed.value.slice(0, -1)
    },
    clear: () => {
      typed.value = ""
    },
  }
}
