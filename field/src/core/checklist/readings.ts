/**
 * A value as typed → its verdict against the limits, its value in the item's own unit, or a complaint.
 *
 * Every reader is made once for an item and then called for each answer. Decimals are exact; a value that is not
 * understood is a complaint, never an exception and never a pass.
 */

import { readDay, dayNumber, spellDay } from "./days"
import { decimal, plain, readDecimal, readWhole, times, typed, type Decimal } from "./decimals"
import type { DateAnswer, Limits, Unit } from "./definition"

/** A visit may span midnight, so a test done after it is dated one day past the visit's. */
const DAYS_AHEAD = 1

export type Complaint =
  | "date_in_future"
  | "date_unreadable"
  | "item_unknown"
  | "outcome_unknown"
  | "reason_missing"
  | "setting_unknown"
  | "unit_not_accepted"
  | "value_missing"
  | "value_out_of_range"
  | "value_unreadable"

/** A verdict with the value in the item's own unit, or a complaint. */
export type Reading =
  | { readonly verdict: "pass" | "fail"; readonly value: string }
  | { readonly verdict: null; readonly complaint: Complaint }

export type Reader = (value: unknown, unit: string | undefined, on: string) => Reading

/** A unit that may be typed: `factor` to the item's own unit, and what it can plausibly show. */
export interface Scale {
  readonly factor: Decimal
  readonly least: Decimal | null
  readonly most: Decimal | null
}

type Scales = ReadonlyMap<string, Scale>

export function complaintOf(complaint: Complaint): Reading {
  return { verdict: null, complaint }
}

export function scalesOf(
  accepts: Readonly<Record<string, string>>,
  units: Readonly<Record<string, Unit>>,
): Scales {
  return new Map(
    Object.entries(accepts).map(([name, factor]) => [
      name,
      { factor: decimal(factor), least: bound(units[name]?.least), most: bound(units[name]?.most) },
    ]),
  )
}

/** Reads a decimal in any of the scales' units; `own` is meant where no unit was typed. */
export function numberReader(
  own: string,
  scales: Scales,
  limits: Limits = {},
  spelled = readDecimal,
): Reader {
  const within = withinOf(limits)
  return (value, unit = own) => {
    const text = typed(value)
    const number = text === null ? null : spelled(text)
    if (number === null) return complaintOf("value_unreadable")
    const scale = scales.get(unit)
    if (scale === undefined) return complaintOf("unit_not_accepted")
    if (isSlip(number, scale)) return complaintOf("value_out_of_range")
    const own = times(number, scale.factor)
    return { verdict: within(own) ? "pass" : "fail", value: plain(own) }
  }
}

export function countReader(unit: string, limits?: Limits): Reader {
  return numberReader(
    unit,
    new Map([[unit, { factor: decimal("1"), least: null, most: null }]]),
    limits,
    readWhole,
  )
}

/** Reads YYYY-MM-DD; age and days left are counted from the visit's day, both limits inclusive. */
export function dateReader({ max_age_days: oldest, min_days_left: soonest }: DateAnswer): Reader {
  return (value, _unit, on) => {
    const day = typeof value === "string" ? readDay(value) : null
    if (day === null) return complaintOf("date_unreadable")
    const left = day - dayNumber(on)
    if (oldest !== undefined && left > DAYS_AHEAD) return complaintOf("date_in_future")
    const passed = (oldest === undefined || -left <= oldest) && (soonest === undefined || left >= soonest)
    return { verdict: passed ? "pass" : "fail", value: spellDay(day) }
  }
}

function isSlip(number: Decimal, { least, most }: Scale): boolean {
  return (least !== null && number < least) || (most !== null && number > most)
}

function bound(text: string | undefined): Decimal | null {
  return text === undefined ? null : decimal(text)
}

function withinOf(limits: Limits): (number: Decimal) => boolean {
  const [min, max, below, above] = [limits.min, limits.max, limits.below, limits.above].map(bound)
  return (number) =>
    (min == null || number >= min) &&
    (max == null || number <= max) &&
    (below == null || number < below) &&
    (above == null || number > above)
}
