import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { OUTCOMES, type Outcome } from "../../../src/core/checklist/definition"
import { grouped, leftOf, overVisits, progressOf } from "../../../src/core/patrol/coverage"

const SAID = new Map<string, Outcome>([
  ["A-001/-", "pass"],
  ["A-002/-", "fail"],
  ["A-003/-", "unseen"],
  ["A-004/f1", "na"],
])
const PAIRS = ["A-001/-", "A-002/-", "A-003/-", "A-004/f1", "A-005/f1"]
const outcomeOf = (pair: string) => SAID.get(pair)

describe("progress", () => {
  it("counts what was asked, answered and judged, and what failed or could not be seen", () => {
    expect(progressOf(PAIRS, outcomeOf)).toEqual({ asked: 5, answered: 4, judged: 3, failed: 1, unseen: 1 })
  })
  it("of the whole is the sum of its groups", () => {
    const saying = fc.dictionary(fc.constantFrom(...PAIRS), fc.constantFrom(...OUTCOMES))
    fc.assert(
      fc.property(saying, fc.constantFrom(1, 3, 5), (said, length) => {
        const whole = progressOf(PAIRS, (pair) => said[pair])
        const parts = [...grouped(PAIRS, (pair) => pair.slice(0, length)).values()]
        const counted = parts.map((pairs) => progressOf(pairs, (pair) => said[pair]))
        for (const name of ["asked", "answered", "judged", "failed", "unseen"] as const) {
          expect(counted.reduce((sum, part) => sum + part[name], 0)).toBe(whole[name])
        }
      }),
    )
  })
})

describe("what is left of a month", () => {
  it("is what nobody has judged, the unseen included, in its order", () => {
    expect(leftOf(PAIRS, outcomeOf)).toEqual(["A-003/-", "A-005/f1"])
  })
  it("over several visits counts the gravest judgement, and an unseen one only without any", () => {
    expect(overVisits(["unseen", "pass"])).toBe("pass")
    expect(overVisits(["na", "fail", "pass"])).toBe("fail")
    expect(overVisits(["na", "pass"])).toBe("pass")
    expect(overVisits(["unseen"])).toBe("unseen")
    expect(overVisits([])).toBeUndefined()
  })
})
