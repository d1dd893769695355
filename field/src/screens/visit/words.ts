/** How marks, limits and values are said: icons, classes of state, and sentences from the catalogue. */

import type { AnswerType, Limits, Unit } from "../../core/checklist/definition"
import { readDay } from "../../core/checklist/days"
import type { Mark, StopState } from "../../core/patrol/marks"
import type { Answer } from "../../core/sync/bodies"
import { t } from "../../messages"

export const MARKS = {
  open: { icon: "circle-dashed", state: "is-nothing" },
  pass: { icon: "circle-check", state: "is-covered" },
  fail: { icon: "circle-x", state: "is-missed" },
  unseen: { icon: "eye-off", state: "is-due" },
  na: { icon: "circle-slash", state: "is-excused" },
  wanting: { icon: "triangle-alert", state: "is-missed" },
  disputed: { icon: "circle-help", state: "is-missed" },
} as const satisfies Record<Mark, { icon: string; state: string }>

export const STATES = {
  complete: { icon: "check-check", state: "is-covered" },
  begun: { icon: "circle-dot", state: "is-under-way" },
  untouched: { icon: "circle-dashed", state: "is-nothing" },
  wrong: { icon: "triangle-alert", state: "is-missed" },
} as const satisfies Record<StopState, { icon: string; state: string }>

const SETTINGS = ["alarm", "cut", "restore"] as const

/** Per cent as it is read aloud, whatever gas it is of. */
export function unitWord(unit: string): string {
  return unit.startsWith("%") ? "%" : unit
}

/** What passes, in words; '' where the item asks for no value. */
export function limitText(answer: AnswerType): string {
  if (answer.type === "date") return dayLimit(answer.max_age_days, answer.min_days_left)
  const unit = answer.unit ?? ""
  if (answer.type !== "count" && answer.fields) {
    const fields = answer.fields
    const named = SETTINGS.filter((name) => fields[name])
    return named.map((name) => settingLimit(name, fields[name] ?? {}, unit)).join("，")
  }
  return answer.type === "pass_fail" ? "" : boundsText(answer.limits ?? {}, unit)
}

export function settingLimit(name: (typeof SETTINGS)[number], limits: Limits, unit: string): string {
  return t("phone.visit.limit.setting", {
    name: t(`phone.visit.setting.${name}`),
    limit: boundsText(limits, unit),
  })
}

export function boundsText(limits: Limits, unit: string): string {
  const bounds = (["min", "above", "below", "max"] as const).flatMap((name) => {
    const bound = limits[name]
    return bound === undefined ? [] : [t(`phone.visit.limit.${name}`, { bound, unit: unitWord(unit) }).trim()]
  })
  return bounds.length > 0 ? bounds.join("，") : t("phone.visit.limit.none")
}

function dayLimit(oldest: number | undefined, soonest: number | undefined): string {
  if (oldest !== undefined) return t("phone.visit.limit.within_days", { days: oldest })
  return t("phone.visit.limit.days_left", { days: soonest ?? 0 })
}

/** The value of an answer as it was typed; '' for an answer without one. */
export function valueText(answer: Answer): string {
  const unit = unitWord(answer.unit ?? "")
  if (answer.settings) {
    const given = answer.settings
    const named = SETTINGS.filter((name) => given[name] !== undefined)
    return named.map((name) => `${t(`phone.visit.setting.${name}`)} ${String(given[name])}`).join(" · ")
  }
  if (answer.value === undefined) return ""
  return t("phone.visit.value.with_unit", { value: answer.value, unit }).trim()
}

/** How old a day is on the visit's day, or how many days are left to it. */
export function ageText(answer: AnswerType, day: string, on: string): string {
  const [from, to] = [readDay(day), readDay(on)]
  if (answer.type !== "date" || from === null || to === null) return ""
  if (answer.max_age_days !== undefined) return t("phone.visit.value.age", { days: to - from })
  const left = from - to
  if (left < 0) return t("phone.visit.value.expired", { days: -left })
  return t("phone.visit.value.left", { days: left })
}

/** The units that a person may switch between, the item's own first. */
export function unitsOf(answer: AnswerType): string[] {
  return answer.type === "number" || answer.type === "pass_fail" ? Object.keys(answer.accepts ?? {}) : []
}

/** Whether a value below zero makes sense in any of the units. */
export function takesSign(answer: AnswerType, units: Readonly<Record<string, Unit>>): boolean {
  return unitsOf(answer).some((unit) => Number(units[unit]?.least ?? -1) < 0)
}

/** Hour and minute in Asia/Shanghai, where all the mines are. */
export function timeText(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(11, 16)
}

/** Month and day as they are said. */
export function dayText(day: string): string {
  return day.slice(5).replace("-", "/")
}
