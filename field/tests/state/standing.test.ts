import { expect, test } from "vitest"
import type { Said, Shown, ShownFinding } from "../../src/state/phone"
import { standingOf } from "../../src/state/standing"

let made = 0
function head<T>(value: T): Said<T> {
  return { uid: `u${String(made++)}`, person: "p", device: "d", at: 0, value, isUnsent: false }
}
function shown<T>(...values: T[]): Shown<T> {
  return { heads: values.map(head), disputed: values.length > 1 }
}
function office(status: string, deadline = "2026-12-01"): never {
  return { step: "any", data: {}, stands: { status, severity: "general", deadline } } as never
}
function finding(status: never[], state: ShownFinding["state"] = shown("live")): ShownFinding {
  const fields = { deadline: shown("2026-11-30") }
  return { finding: "f", mine: "m", fields, state, status: shown(...status), notes: [] }
}

test("one that was just recorded is open until the deadline its author said", () => {
  expect(standingOf(finding([]))).toMatchObject({
    status: "recorded",
    isOpen: true,
    isAwaitingRecheck: false,
    deadline: "2026-11-30",
  })
})

test("the office's step says where it stands and until when", () => {
  const stands = standingOf(finding([office("awaiting_recheck", "2026-12-05")]))

  expect(stands).toMatchObject({
    status: "awaiting_recheck",
    isOpen: true,
    isAwaitingRecheck: true,
    deadline: "2026-12-05",
  })
})

test.each(["closed", "transferred", "void"])("%s is the end of it", (status) => {
  expect(standingOf(finding([office(status)])).isOpen).toBe(false)
})

test("a re-check made here counts before the county has seen it", () => {
  const passed = { step: "recheck", result: "passed" } as never

  expect(standingOf(finding([passed])).isOpen).toBe(false)
})

test("a re-check closes nothing grave, whatever it found", () => {
  const passed = { step: "recheck", result: "passed" } as never
  const grave = { ...finding([passed]), fields: { severity: shown<"suspected_major">("suspected_major") } }

  expect(standingOf(grave)).toMatchObject({ status: "awaiting_recheck", isOpen: true })
})

test("what a newer county calls otherwise is not ended", () => {
  expect(standingOf(finding([office("under_appeal")])).isOpen).toBe(true)
})

test("of two that disagree the one that keeps it open counts", () => {
  expect(standingOf(finding([office("closed"), office("rectifying")])).isOpen).toBe(true)
})

test("one that was retracted is not open, unless somebody still holds it up", () => {
  expect(standingOf(finding([], shown({ retracted: "误记" }))).isOpen).toBe(false)
  expect(
    standingOf(finding([], shown<"live" | { retracted: string }>("live", { retracted: "误记" }))).isOpen,
  ).toBe(true)
})
