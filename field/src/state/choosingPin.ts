/** A new PIN: typed twice, and not one of those that everybody tries first. */

import { computed, ref, type ComputedRef, type Ref } from "vue"
import { SHORTEST, weakness } from "../storage/pin"

export const LONGEST = 12
export { SHORTEST }

type PinProblem = "phone.pin.weak" | "phone.pin.differs"

export interface ChoosingPin {
  readonly typed: Ref<string>
  readonly step: ComputedRef<"first" | "again">
  readonly canFinish: ComputedRef<boolean>
  readonly problem: Ref<PinProblem | null>
  press: (key: string) => void
  erase: () => void
  /** Goes to the second typing; answers the PIN once both are the same, else null. */
  finish: () => string | null
}

export function useChoosingPin(): ChoosingPin {
  const typed = ref("")
  const first = ref<string | null>(null)
  const problem = ref<PinProblem | null>(null)
  const again = (said: PinProblem): null => {
    typed.value = ""
    first.value = null
    problem.value = said
    return null
  }
  return {
    typed,
    problem,
    step: computed(() => (first.value === null ? "first" : "again")),
    canFinish: computed(() => typed.value.length >= SHORTEST),
    press: (key) => {
      problem.value = null
      if (typed.value.length < LONGEST) typed.value += key
    },
    erase: () => {
      typed.value = typed.value.slice(0, -1)
    },
    finish: () => {
      if (weakness(typed.value) !== null) return again("phone.pin.weak")
      if (first.value !== null) return first.value === typed.value ? typed.value : again("phone.pin.differs")
      first.value = typed.value
      typed.value = ""
      return null
    },
  }
}
