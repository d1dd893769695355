/** Fetching all that a shift needs, step by step, so that one sees when it is complete. */

import { ref, shallowRef, type Ref, type ShallowRef } from "vue"
import { usePhone } from "./phone"
import type { Prepared, PrepareName, PrepareStep } from "./pulled"

export const STEPS: readonly PrepareName[] = ["exchange", "editions", "duties", "left", "photos"]

export interface Preparing {
  readonly isRunning: Readonly<Ref<boolean>>
  readonly steps: Readonly<ShallowRef<ReadonlyMap<PrepareName, PrepareStep>>>
  readonly result: Readonly<Ref<Prepared | null>>
  prepare: () => Promise<void>
}

export function usePreparing(): Preparing {
  const phone = usePhone()
  const isRunning = ref(false)
  const steps = shallowRef<ReadonlyMap<PrepareName, PrepareStep>>(new Map())
  const result = ref<Prepared | null>(null)
  return {
    ...{ isRunning, steps, result },
    prepare: async () => {
      if (isRunning.value) return
      isRunning.value = true
      result.value = null
      steps.value = new Map()
      try {
        result.value = await phone.prepare((step) => {
          steps.value = new Map(steps.value).set(step.name, step)
        })
      } finally {
        isRunning.value = false
      }
    },
  }
}
