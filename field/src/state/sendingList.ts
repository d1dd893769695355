/** The list of what the county has not, short enough to show: grouped by what a person calls one thing. */

import { computed, type ComputedRef } from "vue"
import { usePhone } from "./phone"
import type { Outgoing } from "./sending"

/** Rows on one screen; what is more is counted. */
const SHOWN = 100

export interface SendingList {
  readonly waiting: ComputedRef<readonly Outgoing[]>
  readonly waitingMore: ComputedRef<number>
  readonly setAside: ComputedRef<readonly Outgoing[]>
  readonly setAsideMore: ComputedRef<number>
}

export function useSendingList(): SendingList {
  const phone = usePhone()
  const all = computed(() => phone.outgoing())
  const isAside = ({ state }: Outgoing): boolean => state === "set_aside" || state === "refused"
  const waiting = computed(() => all.value.filter((one) => !isAside(one)))
  const aside = computed(() => all.value.filter(isAside))
  return {
    waiting: computed(() => waiting.value.slice(0, SHOWN)),
    waitingMore: computed(() => Math.max(0, waiting.value.length - SHOWN)),
    setAside: computed(() => aside.value.slice(0, SHOWN)),
    setAsideMore: computed(() => Math.max(0, aside.value.length - SHOWN)),
  }
}
