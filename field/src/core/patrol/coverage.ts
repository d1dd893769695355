/**
 * How far a visit or a month is: what was asked, what was answered, what is left, in all and by place, domain or person.
 * Counts pairs and outcomes; who may answer and what an answer means is decided elsewhere.
 */

import type { Outcome, Pair } from "../checklist/definition"

/** Counts of pairs. `judged`: pass, fail, or not applicable. `unseen` pairs are answered and still open. */
export interface Progress {
  readonly asked: number
  readonly answered: number
  readonly judged: number
  readonly failed: number
  readonly unseen: number
}

export type OutcomeOf = (pair: Pair) => Outcome | undefined

const NONE: Progress = { asked: 0, answered: 0, judged: 0, failed: 0, unseen: 0 }

export function progressOf(pairs: Iterable<Pair>, outcomeOf: OutcomeOf): Progress {
  const counts = { ...NONE } as { -readonly [name in keyof Progress]: number }
  for (const pair of pairs) {
    const outcome = outcomeOf(pair)
    counts.asked += 1
    counts.answered += outcome === undefined ? 0 : 1
    counts.judged += isJudged(outcome) ? 1 : 0
    counts.failed += outcome === "fail" ? 1 : 0
    counts.unseen += outcome === "unseen" ? 1 : 0
  }
  return counts
}

/** Pairs by place, domain, person or whatever else `group` makes of them, in the order in which groups are met. */
export function grouped(pairs: Iterable<Pair>, group: (pair: Pair) => string): Map<string, Pair[]> {
  const groups = new Map<string, Pair[]>()
  for (const pair of pairs) {
    const key = group(pair)
    const held = groups.get(key)
    if (held) held.push(pair)
    else groups.set(key, [pair])
  }
  return groups
}

/** What counts over the visits of a month: the gravest judgement, or else that the pair could not be seen. */
export function overVisits(outcomes: Iterable<Outcome>): Outcome | undefined {
  const said = new Set(outcomes)
  return (["fail", "pass", "na", "unseen"] as const).find((outcome) => said.has(outcome))
}

/** What is left this month: applicable pairs that nobody has judged, in their order. */
export function leftOf(pairs: Iterable<Pair>, outcomeOf: OutcomeOf): Pair[] {
  return [...pairs].filter((pair) => !isJudged(outcomeOf(pair)))
}

export function isJudged(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome !== "unseen"
}
