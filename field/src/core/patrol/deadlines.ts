/** The days to offer as a finding's deadline, as the county's server suggests them: defaults, not law. */

import type { Severity } from "../sync/bodies"
import { dayNumber, spellDay } from "../checklist/days"

/** Days from recording; 0 is at once, in this shift. */
const SUGGESTED_DAYS: Readonly<Record<Severity, readonly number[]>> = {
  general: [0, 3, 5, 7, 15, 30],
  suspected_major: [0],
  serious_violation: [0],
}
const DEFAULT_DAYS: Readonly<Record<Severity, number>> = {
  general: 7,
  suspected_major: 0,
  serious_violation: 0,
}

export interface Offer {
  readonly days: number
  readonly day: string
}

/** Soonest first. */
export function suggestDeadlines(severity: Severity, recordedOn: string): readonly Offer[] {
  return SUGGESTED_DAYS[severity].map((days) => ({ days, day: after(recordedOn, days) }))
}

/** The day that counts when nobody chose one. */
export function defaultDeadline(severity: Severity, recordedOn: string): string {
  return after(recordedOn, DEFAULT_DAYS[severity])
}

function after(day: string, days: number): string {
  return spellDay(dayNumber(day) + days)
}
