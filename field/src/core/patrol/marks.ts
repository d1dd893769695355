/**
 * The one word that a pair stands under in lists and tables of contents, and the one for a whole stop. Decides what is
 * shown, never what counts.
 */

import type { Outcome } from "../checklist/definition"
import type { WantingCode } from "../checklist/wanting"

/** `wanting`: answered, but something is missing or cannot be right. `disputed`: teammates said different things. */
export type Mark = "open" | "disputed" | "wanting" | Outcome
/** A fail says what is wrong in a finding of its own. */
export type Lack = WantingCode | "finding_missing"

export interface Cell {
  readonly mark: Mark
  readonly outcome: Outcome | null
  readonly lacks: readonly Lack[]
}

export function cellOf(outcome: Outcome | null, lacks: readonly Lack[], disputed: boolean): Cell {
  if (outcome === null) return { mark: "open", outcome, lacks }
  if (disputed) return { mark: "disputed", outcome, lacks }
  return { mark: lacks.length > 0 ? "wanting" : outcome, outcome, lacks }
}

export type StopState = "begun" | "untouched" | "complete" | "wrong"

export interface StopFigures {
  readonly asked: number
  readonly answered: number
  readonly failed: number
  /** Wanting or disputed. */
  readonly wrong: number
}

export function figuresOf(cells: Iterable<Cell>): StopFigures {
  let [asked, answered, failed, wrong] = [0, 0, 0, 0]
  for (const { mark, outcome } of cells) {
    asked += 1
    if (outcome !== null) answered += 1
    if (outcome === "fail") failed += 1
    if (mark === "wanting" || mark === "disputed") wrong += 1
  }
  return { asked, answered, failed, wrong }
}

export function stopState({ asked, answered, wrong }: StopFigures): StopState {
  if (wrong > 0) return "wrong"
  if (answered === 0) return "untouched"
  return answered === asked ? "complete" : "begun"
}
