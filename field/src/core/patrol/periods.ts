/**
 * Natural weeks and calendar months in Asia/Shanghai: the periods that duties and coverage are for. A period is a value with
 * an id (`2026-W47`, `2026-11`); it never knows what day it is today. Days are texts YYYY-MM-DD.
 */

import { dayNumber, spellDay, type DayNumber } from "../checklist/days"

/** Asia/Shanghai has been UTC+8 without daylight saving since 1991; a phone's own zone never counts. */
const SHANGHAI_MS = 8 * 3_600_000
const DAY_MS = 86_400_000

export interface Period {
  readonly kind: "week" | "month"
  readonly id: string
  /** First and last day, both inclusive. */
  readonly first: string
  readonly last: string
}

/** The local day of an instant (milliseconds since the epoch). */
export function localDay(instant: number): string {
  return spellDay(Math.floor((instant + SHANGHAI_MS) / DAY_MS))
}

/** The natural week, Monday to Sunday, that holds the day. */
export function weekOf(day: string): Period {
  const monday = mondayOf(dayNumber(day))
  return { kind: "week", id: weekId(monday), first: spellDay(monday), last: spellDay(monday + 6) }
}

/** The calendar month that holds the day. */
export function monthOf(day: string): Period {
  const id = day.slice(0, 7)
  const first = dayNumber(`${id}-01`)
  const after = dayNumber(`${spellDay(first + 31).slice(0, 7)}-01`)
  return { kind: "month", id, first: spellDay(first), last: spellDay(after - 1) }
}

export function holds({ first, last }: Period, day: string): boolean {
  return first <= day && day <= last
}

/** The day as of which applicability is judged: the last one, or today while the period runs. */
export function judgingDay({ first, last }: Period, today: string): string {
  if (today < first) return first
  return today > last ? last : today
}

/** Days from today to the last one, today included; 0 once it is over. */
export function daysLeft({ first, last }: Period, today: string): number {
  const from = today < first ? first : today
  return Math.max(0, dayNumber(last) - dayNumber(from) + 1)
}

/** 1970-01-01 was a Thursday. */
function mondayOf(day: DayNumber): DayNumber {
  return day - ((((day + 3) % 7) + 7) % 7)
}

/** ISO: a week belongs to the year of its Thursday, and its number counts that year's Thursdays. */
function weekId(monday: DayNumber): string {
  const thursday = monday + 3
  const year = spellDay(thursday).slice(0, 4)
  const number = Math.floor((thursday - dayNumber(`${year}-01-01`)) / 7) + 1
  return `${year}-W${String(number).padStart(2, "0")}`
}
