import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bySpecialty, given, ownersOf } from "../../../src/core/patrol/split"

describe("claims", () => {
  const owners = ownersOf(
    new Map([
      ["li", ["face-1", "GAS-001"]],
      ["wang", ["GAS-001"]],
      ["zhao", []],
    ]),
  )
  it("of a place are of all that is asked there, of an item wherever it is asked", () => {
    expect(owners("VEN-001/face-1")).toEqual(["li"])
    expect(owners("GAS-001/-")).toEqual(["li", "wang"])
    expect(owners("GAS-001/face-1")).toEqual(["li", "wang"])
    expect(owners("VEN-001/face-2")).toEqual([])
  })
})

describe("giving", () => {
  const names = fc.uniqueArray(fc.constantFrom<string>("a", "b", "c", "d", "e"))
  const claims = fc
    .dictionary(fc.constantFrom("li", "wang", "zhao"), names)
    .map((held) => new Map(Object.entries(held)))
  const persons = fc.uniqueArray(fc.constantFrom<string>("li", "wang", "chen"))
  it("gives to those persons alone, leaves all else, and names only who changed", () => {
    fc.assert(
      fc.property(claims, names, persons, (held, moved, to) => {
        const changed = given(held, moved, to)
        const after = new Map([...held, ...changed])
        for (const [person, has] of after) {
          for (const name of moved) expect(has.includes(name)).toBe(to.includes(person))
          const kept = (held.get(person) ?? []).filter((name) => !moved.includes(name))
          expect(has.filter((name) => !moved.includes(name))).toEqual(kept)
        }
        for (const [person, has] of changed)
          expect([...has].sort()).not.toEqual([...(held.get(person) ?? [])].sort())
      }),
    )
  })
  it("by specialty gives everybody what they are trained for", () => {
    const items = [
      { key: "GAS-001", specialty: "ventilation" },
      { key: "ELE-001", specialty: "electromechanical" },
      { key: "SAF-001", specialty: "safety" },
    ]
    const members = [
      { person: "li", specialty: "ventilation" },
      { person: "wang", specialty: "ventilation" },
      { person: "zhao", specialty: "safety" },
      { person: "chen", specialty: null },
    ]
    expect(bySpecialty(items, members)).toEqual(
      new Map([
        ["li", ["GAS-001"]],
        ["wang", ["GAS-001"]],
        ["zhao", ["SAF-001"]],
        ["chen", []],
      ]),
    )
  })
})
