/** Values side by side: which say the same, which outcome counts meanwhile (SPEC, part RG). No clock is looked at. */

import type { Outcome } from "./bodies"

const GRAVITY: Readonly<Record<Outcome, number>> = { fail: 3, unseen: 2, pass: 1, na: 0 }

/** JSON of a value without what is commentary: the note and the reason of an answer (RG-4). */
export function said(value: unknown): string {
  if (typeof value !== "object" || value === null || !("outcome" in value)) return JSON.stringify(value)
  return JSON.stringify({ ...value, note: undefined, reason: undefined })
}

export function disagree(values: readonly unknown[]): boolean {
  return values.length > 1 && new Set(values.map(said)).size > 1
}

/** The counted outcome of one answer: the graver of the phone's and the county's (RG-6). */
export function outcome(value: unknown): Outcome {
  const { outcome: told, judged = told } = value as { outcome: Outcome; judged?: Outcome }
  return graver(told, judged)
}

export function counted(values: readonly unknown[]): Outcome | null {
  return values.map(outcome).reduce<Outcome | null>((worst, one) => (worst ? graver(worst, one) : one), null)
}

function graver(one: Outcome, other: Outcome): Outcome {
  return GRAVITY[other] > GRAVITY[one] ? other : one
}
