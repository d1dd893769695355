/** Days as editions and answers write them, and the distance between two. Knows no clock and no time zone. */

const DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/
const MS = 86_400_000

/** A day as a count of days, for differences only. */
export type DayNumber = number

/** YYYY-MM-DD and nothing else, a day that exists; else null. */
export function readDay(text: string): DayNumber | null {
  const found = DAY.exec(text)
  if (found === null) return null
  const moment = new Date(0)
  moment.setUTCFullYear(Number(found[1]), Number(found[2]) - 1, Number(found[3]))
  return Number(found[1]) > 0 && spell(moment) === text ? moment.getTime() / MS : null
}

/** A day that is known to be one. */
export function dayNumber(text: string): DayNumber {
  const day = readDay(text)
  if (day === null) throw new Error(`no day: ${text}`)
  return day
}

/** The day as YYYY-MM-DD. */
export function spellDay(day: DayNumber): string {
  return spell(new Date(day * MS))
}

function spell(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}
