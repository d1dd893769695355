import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readDecimal, readWhole } from "../../../src/core/checklist/decimals"
import { dayTyped, finished, press, type PadKey, type PadKind } from "../../../src/core/checklist/typing"

const typed = (keys: string, kind: PadKind = "decimal") =>
  Array.from(keys).reduce((text, key) => press(text, (key === "<" ? "erase" : key) as PadKey, kind), "")

describe("the number pad", () => {
  it.each([
    ["0.75", "0.75"],
    [".5", "0.5"],
    ["007", "7"],
    ["1..2", "1.2"],
    ["12-", "-12"],
    ["12--", "12"],
    ["-.5", "-0.5"],
    ["12<<3", "3"],
    ["12345678901", "123456789"],
  ])("makes %s into %s", (keys, text) => {
    expect(typed(keys)).toBe(text)
  })
  it("takes neither point nor sign where a whole number is asked for", () => {
    expect(typed("1.2-", "whole")).toBe("12")
  })
  it("never holds what the engine would not read", () => {
    const keys = fc.array(fc.constantFrom<PadKey>("0", "1", "9", ".", "-", "erase"), { maxLength: 30 })
    fc.assert(
      fc.property(keys, (pressed) => {
        const text = pressed.reduce((before, key) => press(before, key, "decimal"), "")
        if (text !== "" && text !== "-") expect(readDecimal(finished(text))).not.toBeNull()
        const count = pressed.reduce((before, key) => press(before, key, "whole"), "")
        if (count !== "") expect(readWhole(count)).not.toBeNull()
      }),
    )
  })
  it("spells the digits of a day as far as they are typed", () => {
    expect(dayTyped("2026")).toBe("2026")
    expect(dayTyped("202611")).toBe("2026-11")
    expect(dayTyped(typed("202611239", "day"))).toBe("2026-11-23")
  })
})
