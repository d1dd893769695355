/**
 * What an answer comes to: what the person said and what the value says, the graver of the two.
 *
 * Any complaint makes it at least `unseen`, so nothing that cannot be judged is ever taken for a pass, and a fail stays a
 * fail. The server computes the same from the same definition. Throws for nothing that a person can type.
 */

import { OUTCOMES, type Item, type Limits, type Outcome, type Unit } from "./definition"
import {
  complaintOf,
  countReader,
  dateReader,
  numberReader,
  scalesOf,
  type Complaint,
  type Reader,
  type Reading,
} from "./readings"

/** What was entered for a pair. Values are text as typed; JSON numbers count by their shortest spelling. */
export interface Answer {
  readonly outcome: string
  readonly value?: string | number | null
  readonly unit?: string | null
  readonly settings?: Readonly<Record<string, string | number>> | null
  readonly reason?: string | null
}

/** The outcome; the value (settings by name) in the item's own unit; what there is to complain of. */
export interface Judgement {
  readonly outcome: Outcome
  readonly value?: string
  readonly settings?: Readonly<Record<string, string>>
  readonly complaints: readonly Complaint[]
}

/** (answer, the visit's day as YYYY-MM-DD) → judgement. */
export type Judge = (answer: Answer, on: string) => Judgement

/** The value itself among named readings. */
const ITSELF = ""
/** A character that is no blank, as the server tells blanks. */
const SAID = /[^\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

/** The item's judge. */
export function judgeOf({ answer }: Item, units: Readonly<Record<string, Unit>>): Judge {
  if (answer.type === "date") return judgeOfValue(dateReader(answer))
  if (answer.type === "count") return judgeOfValue(countReader(answer.unit, answer.limits))
  const scales = scalesOf(answer.accepts ?? {}, units)
  const fields = Object.entries<Limits>(answer.fields ?? {})
  if (fields.length > 0) {
    const readers = new Map(
      fields.map(([name, limits]) => [name, numberReader(answer.unit ?? "", scales, limits)]),
    )
    return judgeOfSettings(readers, answer.type === "number")
  }
  if (answer.type === "pass_fail") return (given) => conclude(given, new Map())
  return judgeOfValue(numberReader(answer.unit, scales, answer.limits))
}

/** Of an item that this edition does not hold: kept, but nothing is proven by it. */
export function judgeStranger(answer: Answer): Judgement {
  return conclude(answer, new Map([[ITSELF, complaintOf("item_unknown")]]))
}

function judgeOfValue(read: Reader): Judge {
  return (answer, on) => {
    const readings = new Map<string, Reading>()
    if (answer.value != null) readings.set(ITSELF, read(answer.value, answer.unit ?? undefined, on))
    else if (isVerdict(answer.outcome)) readings.set(ITSELF, complaintOf("value_missing"))
    return conclude(answer, readings)
  }
}

/** Every setting that was typed is judged; `demanded`: every one that the item names must be there. */
function judgeOfSettings(readers: ReadonlyMap<string, Reader>, demanded: boolean): Judge {
  return (answer, on) => {
    const readings = new Map<string, Reading>()
    for (const [name, value] of Object.entries(answer.settings ?? {})) {
      readings.set(
        name,
        readers.get(name)?.(value, answer.unit ?? undefined, on) ?? complaintOf("setting_unknown"),
      )
    }
    for (const name of demanded && isVerdict(answer.outcome) ? readers.keys() : []) {
      if (!readings.has(name)) readings.set(name, complaintOf("value_missing"))
    }
    return conclude(answer, readings)
  }
}

/** The gravest of what was said, what the readings say and `unseen` where there is a complaint. */
function conclude(answer: Answer, readings: ReadonlyMap<string, Reading>): Judgement {
  const complaints = new Set(complaintsOf(answer))
  const weights = [Math.max(0, OUTCOMES.indexOf(answer.outcome as Outcome))]
  const settings: Record<string, string> = {}
  for (const [name, reading] of readings) {
    if (reading.verdict === null) complaints.add(reading.complaint)
    else {
      weights.push(OUTCOMES.indexOf(reading.verdict))
      settings[name] = reading.value
    }
  }
  if (complaints.size > 0) weights.push(OUTCOMES.indexOf("unseen"))
  return concluded(OUTCOMES[Math.max(...weights)] ?? "unseen", settings, [...complaints])
}

function concluded(outcome: Outcome, values: Record<string, string>, complaints: Complaint[]): Judgement {
  const { [ITSELF]: value, ...settings } = values
  const named = Object.keys(settings).length > 0
  return { outcome, complaints, ...(value === undefined ? {} : { value }), ...(named ? { settings } : {}) }
}

function complaintsOf(answer: Answer): Complaint[] {
  const unknown = !OUTCOMES.includes(answer.outcome as Outcome)
  const unreasoned =
    (answer.outcome === "na" || answer.outcome === "unseen") && !SAID.test(answer.reason ?? "")
  return [
    ...(unknown ? ["outcome_unknown" as const] : []),
    ...(unreasoned ? ["reason_missing" as const] : []),
  ]
}

function isVerdict(outcome: string): boolean {
  return outcome === "pass" || outcome === "fail"
}
