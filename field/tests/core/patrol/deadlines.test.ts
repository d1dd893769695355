import { describe, expect, it } from "vitest"

import { defaultDeadline, suggestDeadlines } from "../../../src/core/patrol/deadlines"

describe("deadlines of findings", () => {
  it("offers a general finding today to a month, and takes a week where nobody chose", () => {
    expect(suggestDeadlines("general", "2026-11-23").map(({ day }) => day)).toEqual([
      "2026-11-23",
      "2026-11-26",
      "2026-11-28",
      "2026-11-30",
      "2026-12-08",
      "2026-12-23",
    ])
    expect(defaultDeadline("general", "2026-12-28")).toBe("2027-01-04")
  })

  it.each(["suspected_major", "serious_violation"] as const)("lets a %s wait for nothing", (severity) => {
    expect(suggestDeadlines(severity, "2026-11-23")).toEqual([{ days: 0, day: "2026-11-23" }])
    expect(defaultDeadline(severity, "2026-11-23")).toBe("2026-11-23")
  })
})
