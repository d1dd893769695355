/** What is still wanting before a visit answers everything it is asked. Decides nothing about coverage. */

import { partsOf, type Pair } from "./definition"
import type { Edition } from "./edition"
import type { Answer } from "./evaluation"
import type { Complaint } from "./readings"

export type WantingCode = Complaint | "not_answered" | "photo_missing"

export interface Wanting {
  readonly pair: Pair
  readonly code: WantingCode
}

/** What a visit says: answers by pair, the pairs with at least one photo, and its day. */
export interface Said {
  readonly answers: ReadonlyMap<Pair, Answer>
  readonly photographed: ReadonlySet<Pair>
  readonly on: string
}

/** In the order of the pairs. */
export function wanting(edition: Edition, pairs: Iterable<Pair>, said: Said): Wanting[] {
  return [...pairs].flatMap((pair) => codesOf(edition, pair, said).map((code) => ({ pair, code })))
}

/** What is wanting of one pair. */
export function codesOf(edition: Edition, pair: Pair, { answers, photographed, on }: Said): WantingCode[] {
  const answer = answers.get(pair)
  if (answer === undefined) return ["not_answered"]
  const [key] = partsOf(pair)
  const { outcome, complaints } = edition.judge(key, answer, on)
  const needed = edition.items.get(key)?.photo === "required" && (outcome === "pass" || outcome === "fail")
  return needed && !photographed.has(pair) ? [...complaints, "photo_missing"] : [...complaints]
}
