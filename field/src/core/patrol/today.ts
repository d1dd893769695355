/** What a team owes a mine today, put together from what the county told before and what this phone knows since. */

import { partsOf, type Pair } from "../checklist/definition"

export const DUTY_STATES = ["met", "under_way", "due", "missed", "excused"] as const
export type DutyState = (typeof DUTY_STATES)[number]

export interface Duty {
  readonly kind: "weekly_round" | "monthly_full"
  readonly mine: string
  readonly state: DutyState
  readonly late: boolean
}

/** A pair that nobody has judged this month, as the county saw it. */
export interface LeftPair {
  readonly pair: Pair
  readonly title: string
  readonly specialty: string
  readonly place: string
  /** Looked for and not seen. */
  readonly unseen: boolean
}

/** Duties of what the API answered; anything else in it is passed over. */
export function readDuties(content: unknown): Duty[] {
  return rows(content).flatMap((row) => {
    const state = DUTY_STATES.find((known) => known === row.state)
    const kind = row.kind
    if (state === undefined || (kind !== "weekly_round" && kind !== "monthly_full")) return []
    return [{ kind, state, mine: String(row.mine_id), late: row.late === true }]
  })
}

/** The same of what is left of a mine's month. */
export function readLeft(content: unknown): LeftPair[] {
  return rows(content).map((row) => ({
    pair: `${String(row.item)}/${String(row.place)}`,
    title: String(row.title),
    specialty: String(row.specialty),
    place: String(row.place),
    unseen: row.unseen === true,
  }))
}

/** How many are left in each group, the largest first. */
export function countedBy(left: readonly LeftPair[], group: (pair: LeftPair) => string): [string, number][] {
  const counts = new Map<string, number>()
  for (const pair of left) counts.set(group(pair), (counts.get(group(pair)) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one)
}

/** Those whose pair nobody has judged meanwhile. */
export function stillLeft(
  left: readonly LeftPair[],
  isJudged: (item: string, place: string) => boolean,
): LeftPair[] {
  return left.filter(({ pair }) => !isJudged(...partsOf(pair)))
}

function rows(content: unknown): Record<string, unknown>[] {
  const list: unknown = Array.isArray(content) ? content : (content as { items?: unknown } | null)?.items
  return Array.isArray(list) ? (list as unknown[]).filter(isRow) : []
}

function isRow(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null
}
