/** What holds of the engine for whatever a person types and whatever is known of a mine. */

import { readFileSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { known, truth } from "../../../src/core/checklist/conditions"
import { dayNumber, readDay, spellDay } from "../../../src/core/checklist/days"
import { decimal, plain, readDecimal, times } from "../../../src/core/checklist/decimals"
import { OUTCOMES, type Condition } from "../../../src/core/checklist/definition"
import { Edition } from "../../../src/core/checklist/edition"

const edition = Edition.read(
  readFileSync(join(import.meta.dirname, "../../../../checklists/conformance/edition.json"), "utf-8"),
)
const keys = [...edition.items.keys(), "XX-000"]
const spelled = fc.tuple(
  fc.integer({ min: 0, max: 999_999_999 }),
  fc.integer({ min: 0, max: 999_999_999 }),
  fc.boolean(),
)
const decimals = spelled.map(
  ([whole, part, minus]) => `${minus ? "-" : ""}${whole}.${String(part).padStart(9, "0")}`,
)
const typed = fc.oneof(decimals, fc.string(), fc.double(), fc.integer(), fc.constant(null))
const days = fc.integer({ min: dayNumber("1991-09-15"), max: dayNumber("2199-12-31") }).map(spellDay)
const answers = fc.record(
  {
    outcome: fc.constantFrom<string>(...OUTCOMES, "maybe"),
    value: typed,
    unit: fc.constantFrom(undefined, "ppm", "%CO", "%CH4", "m", "mm", "constructor", ""),
    settings: fc.dictionary(
      fc.constantFrom("alarm", "cut", "restore", "toString"),
      fc.oneof(decimals, fc.string()),
    ),
    reason: fc.string(),
  },
  { requiredKeys: ["outcome"] },
)

describe("an answer", () => {
  it("is never lighter than what the person said, nor a pass when there is a complaint", () => {
    fc.assert(
      fc.property(fc.constantFrom(...keys), answers, days, (key, answer, on) => {
        const { outcome, complaints } = edition.judge(key, answer as never, on)
        const gravity = OUTCOMES.indexOf(outcome)
        expect(gravity).toBeGreaterThanOrEqual(OUTCOMES.indexOf(answer.outcome as never))
        if (complaints.length > 0) expect(gravity).toBeGreaterThanOrEqual(OUTCOMES.indexOf("unseen"))
      }),
    )
  })

  it("in ppm comes to the same as the same share in per cent", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), days, (ppm, on) => {
        const percent = plain(times(decimal(String(ppm)), decimal("0.0001")))
        const one = edition.judge("GAS-002", { outcome: "pass", value: String(ppm), unit: "ppm" }, on)
        expect(one).toEqual(edition.judge("GAS-002", { outcome: "pass", value: percent, unit: "%CO" }, on))
      }),
    )
  })
})

describe("a decimal", () => {
  it("is spelled so that it reads back as itself", () => {
    fc.assert(fc.property(decimals, (text) => readDecimal(plain(decimal(text))) === decimal(text)))
  })
  it("is not read from what is spelled otherwise", () => {
    for (const text of [
      "",
      ".5",
      "5.",
      "1e3",
      "+1",
      "1,5",
      "１",
      " 1",
      "1 ",
      "1\n",
      "0x1",
      "NaN",
      "1234567890",
    ]) {
      expect(readDecimal(text)).toBeNull()
    }
  })
})

describe("a day", () => {
  it("is spelled as it was read", () => {
    fc.assert(fc.property(days, (day) => spellDay(dayNumber(day)) === day))
  })
  it("that does not exist is none", () => {
    for (const text of [
      "2026-02-29",
      "2026-13-01",
      "2026-00-10",
      "0000-01-01",
      "2026-1-01",
      "2026-W01-1",
      "",
    ]) {
      expect(readDay(text)).toBeNull()
    }
    expect(readDay("0001-01-01")).toBe(dayNumber("1970-01-01") - 719_162)
  })
})

const tests: fc.Arbitrary<Condition> = fc.constantFrom<Condition[]>(
  ["true", "blasting"],
  ["true", "drainage_required"],
  ["in", "gas_grade", ["高瓦斯", "突出"]],
  [">=", "capacity", "60"],
)
const conditions = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small" },
    tests,
    tie("condition").map((part): Condition => ["not", part]),
    fc
      .tuple(fc.constantFrom("and", "or"), fc.array(tie("condition"), { maxLength: 4 }))
      .map(([head, parts]): Condition => [head, ...parts]),
  ),
})).condition
const attributes = fc.record(
  {
    status: fc.constantFrom("生产", "停产", "别的"),
    blasting: fc.oneof(fc.boolean(), fc.constant(null)),
    drainage_required: fc.boolean(),
    gas_grade: fc.constantFrom("低瓦斯", "突出", "toString"),
    capacity: fc.constantFrom("30", "60", 90),
  },
  { requiredKeys: [] },
)

describe("a condition", () => {
  it("that holds or not goes on doing so when more becomes known", () => {
    fc.assert(
      fc.property(conditions, attributes, attributes, (condition, first, more) => {
        const before = truth(condition, known(first, edition.checklist.attributes))
        const after = truth(condition, known({ ...more, ...first }, edition.checklist.attributes))
        const settled = Object.entries(first).every(([, value]) => value !== null)
        if (before !== null && settled) expect(after).toBe(before)
      }),
    )
  })
  it("follows De Morgan", () => {
    fc.assert(
      fc.property(conditions, conditions, attributes, (one, other, values) => {
        const about = known(values, edition.checklist.attributes)
        const left = truth(["not", ["and", one, other]], about)
        expect(left).toBe(truth(["or", ["not", one], ["not", other]], about))
      }),
    )
  })
})

describe("what is asked", () => {
  it("never grows when more becomes known, and the round is a part of the monthly table", () => {
    fc.assert(
      fc.property(attributes, days, (values, on) => {
        const monthly = new Set(edition.pairs({ attributes: values, places: [], on }, "monthly"))
        const unknown = new Set(edition.pairs({ attributes: {}, places: [], on }, "monthly"))
        for (const pair of monthly) expect(unknown).toContain(pair)
        for (const pair of edition.pairs({ attributes: values, places: [], on }, "round"))
          expect(monthly).toContain(pair)
      }),
    )
  })
})
