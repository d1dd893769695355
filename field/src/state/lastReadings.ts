/** What was read last time, of this mine's earlier visits that the phone holds: shown grey beside the field. */

import { partsOf, type Pair } from "../core/checklist/definition"
import type { Answer } from "../core/sync/bodies"
import type { PhoneStore, Said } from "./phone"

export interface LastReading {
  readonly answer: Answer
  readonly person: string
  /** The earlier visit's day. */
  readonly on: string
}

/** Pair → its newest earlier answer with a value. Reads everything at once: for opening, not for a template. */
export function lastReadings(phone: PhoneStore, visit: string): ReadonlyMap<Pair, LastReading> {
  const here = phone.visit(visit)
  const found = new Map<Pair, LastReading>()
  const earlier = phone.visits().filter((other) => other.mine === here?.mine && other.id !== visit)
  for (const other of [...earlier].sort((one, next) => (one.date < next.date ? 1 : -1))) {
    if (here === null || other.date > here.date || other.status === "void") continue
    for (const key of phone.keys(other.id, "answer/")) {
      const pair = key.slice("answer/".length)
      const head = found.has(pair) ? undefined : withValue(phone.answer(other.id, ...partsOf(pair)).heads)
      if (head) found.set(pair, { answer: head.value, person: head.person, on: other.date })
    }
  }
  return found
}

function withValue(heads: readonly Said<Answer>[]): Said<Answer> | undefined {
  return heads.find(({ value }) => value.value !== undefined || value.settings !== undefined)
}
