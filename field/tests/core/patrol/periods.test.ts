import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { dayNumber, spellDay } from "../../../src/core/checklist/days"
import { daysLeft, holds, judgingDay, localDay, monthOf, weekOf } from "../../../src/core/patrol/periods"

const days = fc.integer({ min: dayNumber("1991-09-16"), max: dayNumber("2199-12-31") }).map(spellDay)

describe("a local day", () => {
  it("begins at 16:00 UTC of the day before, whatever zone the phone is in", () => {
    expect(localDay(Date.parse("2026-11-22T15:59:59.999Z"))).toBe("2026-11-22")
    expect(localDay(Date.parse("2026-11-22T16:00:00Z"))).toBe("2026-11-23")
  })
})

describe("a week", () => {
  it.each([
    ["2026-11-23", "2026-W48", "2026-11-23", "2026-11-29"],
    ["2021-01-03", "2020-W53", "2020-12-28", "2021-01-03"],
    ["2024-12-30", "2025-W01", "2024-12-30", "2025-01-05"],
    ["2027-01-01", "2026-W53", "2026-12-28", "2027-01-03"],
    ["2023-01-01", "2022-W52", "2022-12-26", "2023-01-01"],
  ])("of %s is %s", (day, id, first, last) => {
    expect(weekOf(day)).toEqual({ kind: "week", id, first, last })
  })
  it("runs from Monday to Sunday and holds its day; the next one follows", () => {
    fc.assert(
      fc.property(days, (day) => {
        const week = weekOf(day)
        expect(holds(week, day)).toBe(true)
        expect(new Date(week.first).getUTCDay()).toBe(1)
        expect(dayNumber(week.last) - dayNumber(week.first)).toBe(6)
        const next = weekOf(spellDay(dayNumber(week.last) + 1))
        expect(next.id > week.id).toBe(true)
        expect(weekOf(week.last)).toEqual(week)
      }),
    )
  })
})

describe("a month", () => {
  it("runs from its first to its last day", () => {
    expect(monthOf("2028-02-10")).toEqual({
      kind: "month",
      id: "2028-02",
      first: "2028-02-01",
      last: "2028-02-29",
    })
    expect(monthOf("2026-12-31")).toEqual({
      kind: "month",
      id: "2026-12",
      first: "2026-12-01",
      last: "2026-12-31",
    })
    fc.assert(
      fc.property(days, (day) => {
        const month = monthOf(day)
        expect(holds(month, day)).toBe(true)
        expect(monthOf(spellDay(dayNumber(month.last) + 1)).first).toBe(spellDay(dayNumber(month.last) + 1))
      }),
    )
  })
  it("is judged as of its last day, or today while it runs", () => {
    const month = monthOf("2026-11-01")
    expect(judgingDay(month, "2026-10-02")).toBe("2026-11-01")
    expect(judgingDay(month, "2026-11-23")).toBe("2026-11-23")
    expect(judgingDay(month, "2026-12-01")).toBe("2026-11-30")
  })
  it("has the days left that are left, today included", () => {
    const month = monthOf("2026-11-01")
    expect(daysLeft(month, "2026-11-01")).toBe(30)
    expect(daysLeft(month, "2026-11-30")).toBe(1)
    expect(daysLeft(month, "2026-12-01")).toBe(0)
    expect(daysLeft(month, "2026-10-31")).toBe(30)
  })
})
