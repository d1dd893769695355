/** A new PIN: typed twice, and not one of those that everybody tries first. */

import { computed, ref, type ComputedRef, type Ref } from "vue"
import { weakness } from "../storage/pin"
import { useTypingPin, type TypingPin } from "./typingPin"

type PinProblem = "phone.pin.weak" | "phone.pin.differs"

export interface ChoosingPin {
  readonly typing: TypingPin
  readonly step: ComputedRef<"first" | "again">
  readonly problem: Ref<PinProblem | null>
  /** Goes to the second typing; answers the PIN once both are the same, else null. */
  finish: () => string | null
}

export function useChoosingPin(): ChoosingPin {
  const typing = useTypingPin()
  const first = ref<string | null>(null)
  const problem = ref<PinProblem | null>(null)
  const again = (said: PinProblem): null => {
    typing.clear()
    first.value = null
    problem.value = said
    return null
  }
  return {
    problem,
    step: computed(() => (first.value === null ? "first" : "again")),
    typing: {
      ...typing,
      press: (key) => {
        problem.value = null
        typing.press(key)
      },
    },
    finish: () => {
      const pin = typing.typed.value
      if (weakness(pin) !== null) return again("phone.pin.weak")
      if (first.value !== null) return first.value === pin ? pin : again("phone.pin.differs")
      first.value = pin
      typing.clear()
      return null
    },
  }
}
