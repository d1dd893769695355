/**
 * What a visit still lacks before it is submitted, in the order in which a person would see to it. Gaps are named and
 * never hold anybody up: a dead phone must not hold the record up for ever.
 */

import type { Pair } from "../checklist/definition"
import type { Cell } from "./marks"

/** At least so many members sign (行政处罚法, article 42). */
export const SIGNING_MEMBERS = 2

export type GapCode =
  | "not_answered"
  | "wrong"
  | "disputed"
  | "phones_not_done"
  | "members_not_signed"
  | "companion_neither_signed_nor_refused"

/** `pairs` of the first three, `names` of participants, `count` of what is missing. */
export interface Gap {
  readonly code: GapCode
  readonly count: number
  readonly pairs: readonly Pair[]
  readonly names: readonly string[]
}

export interface Standing {
  readonly cells: ReadonlyMap<Pair, Cell>
  /** <person>@<device>. */
  readonly joined: readonly string[]
  readonly done: readonly string[]
  readonly membersSigned: number
  readonly companionAsked: boolean
}

export function gapsOf(standing: Standing): Gap[] {
  const waiting = standing.joined.filter((name) => !standing.done.includes(name))
  const unsigned = SIGNING_MEMBERS - standing.membersSigned
  const found: Gap[] = [
    ofPairs("not_answered", standing, "open"),
    ofPairs("wrong", standing, "wanting"),
    ofPairs("disputed", standing, "disputed"),
    { code: "members_not_signed", count: Math.max(0, unsigned), pairs: [], names: [] },
    {
      code: "companion_neither_signed_nor_refused",
      count: standing.companionAsked ? 0 : 1,
      pairs: [],
      names: [],
    },
    { code: "phones_not_done", count: waiting.length, pairs: [], names: waiting },
  ]
  return found.filter(({ count }) => count > 0)
}

function ofPairs(code: GapCode, { cells }: Standing, mark: Cell["mark"]): Gap {
  const pairs = [...cells].filter(([, cell]) => cell.mark === mark).map(([pair]) => pair)
  return { code, count: pairs.length, pairs, names: [] }
}
