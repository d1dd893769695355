import { describe, expect, it } from "vitest"
import { pictureOn, valuesOn, type AttributeValue, type RegisteredPlace } from "../../../src/core/patrol/mine"

function graded(value: unknown, fromDate: string, recordedAt = "2026-01-01T00:00:00Z"): AttributeValue {
  return { name: "gas_grade", value, fromDate, recordedAt, place: null }
}

function place(id: string, more: Partial<RegisteredPlace> = {}): RegisteredPlace {
  const face = { kind: "longwall_face", name: id, code: id, openedOn: "2026-01-01", closedOn: null }
  return { id, ...face, status: "confirmed", ...more }
}

describe("a mine on a day", () => {
  it("has the value in force that day, and of two since one day the later recorded", () => {
    const history = [
      graded("突出", "2026-11-20"),
      graded("低瓦斯", "2026-01-01", "2026-02-01T08:00:00Z"),
      graded("高瓦斯", "2026-01-01", "2026-02-01T15:00:00+08:00"),
      { ...graded("低瓦斯", "2026-11-21"), place: "f1" },
    ]
    expect(valuesOn(history, "2025-12-31")).toEqual({})
    expect(valuesOn(history, "2026-11-19")).toEqual({ gas_grade: "低瓦斯" })
    expect(valuesOn(history, "2026-11-23")).toEqual({ gas_grade: "突出" })
  })
  it("has its confirmed places, by kind and code", () => {
    const register = [
      place("b", { code: "3102" }),
      place("a", { code: "3101" }),
      place("c", { kind: "air_door" }),
      place("d", { status: "proposed" }),
      place("e", { status: "declined" }),
    ]
    expect(pictureOn([], register, "2026-11-23").places.map(({ id }) => id)).toEqual(["c", "a", "b"])
  })
})
