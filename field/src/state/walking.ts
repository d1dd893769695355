/** Going from item to item at one stop: which is at hand, and which comes next. */

import { computed, shallowRef, type ComputedRef } from "vue"
import type { Pair } from "../core/checklist/definition"
import type { Stop } from "../core/patrol/places"
import type { VisitView } from "./visit"

export interface Walk {
  readonly stop: ComputedRef<Stop | undefined>
  /** What is listed: all of the stop, or only what the current person has to do. */
  readonly pairs: ComputedRef<readonly Pair[]>
  /** The pair at hand; null once nothing is open here. */
  readonly current: ComputedRef<Pair | null>
  /** The next stop with something open for this person. */
  readonly nextStop: ComputedRef<Stop | undefined>
  choose(pair: Pair | null): void
  /** To the next open pair after the one at hand, wrapping round; to none if none is open. */
  advance(): void
}

export function useWalk(view: VisitView, stopId: () => string, first: Pair | null): Walk {
  const chosen = shallowRef<Pair | null>(first)
  const stop = computed(() => view.stop(stopId()))
  const pairs = computed(() => stop.value?.pairs ?? [])
  const isOpen = (pair: Pair): boolean => view.cell(pair).mark === "open" && view.isMine(pair)
  if (first === null) chosen.value = pairs.value.find(isOpen) ?? null
  return {
    stop,
    pairs,
    current: computed(() =>
      chosen.value !== null && pairs.value.includes(chosen.value) ? chosen.value : null,
    ),
    nextStop: computed(() => afterwards(view.stops.value, stopId()).find((one) => one.pairs.some(isOpen))),
    choose: (pair) => {
      chosen.value = pair
    },
    advance: () => {
      const at = chosen.value === null ? -1 : pairs.value.indexOf(chosen.value)
      const order = [...pairs.value.slice(at + 1), ...pairs.value.slice(0, Math.max(0, at))]
      chosen.value = order.find(isOpen) ?? null
    },
  }
}

/** The other stops, beginning after this one. */
function afterwards(stops: readonly Stop[], id: string): Stop[] {
  const at = stops.findIndex((stop) => stop.id === id)
  return [...stops.slice(at + 1), ...stops.slice(0, Math.max(0, at))]
}
