import { describe, expect, it } from "vitest"
import { gapsOf } from "../../../src/core/patrol/gaps"
import { cellOf, figuresOf, stopState } from "../../../src/core/patrol/marks"

const open = cellOf(null, ["not_answered"], false)
const pass = cellOf("pass", [], false)
const lacking = cellOf("fail", ["finding_missing"], false)
const disputed = cellOf("fail", ["finding_missing"], true)

describe("the mark of a pair", () => {
  it("is its outcome, unless something is lacking or people disagree, which goes before", () => {
    expect([open, pass, lacking, disputed].map(({ mark }) => mark)).toEqual([
      "open",
      "pass",
      "wanting",
      "disputed",
    ])
  })
})

describe("the state of a stop", () => {
  it("is complete when all is answered and nothing is wrong", () => {
    expect(stopState(figuresOf([pass, pass]))).toBe("complete")
    expect(stopState(figuresOf([pass, open]))).toBe("begun")
    expect(stopState(figuresOf([open]))).toBe("untouched")
    expect(stopState(figuresOf([pass, lacking]))).toBe("wrong")
    expect(figuresOf([pass, open, lacking, disputed])).toEqual({ asked: 4, answered: 3, failed: 2, wrong: 2 })
  })
})

describe("what a visit lacks", () => {
  const cells = new Map([
    ["A-001/-", pass],
    ["A-002/-", open],
    ["A-003/-", lacking],
    ["A-004/-", disputed],
  ])
  it("is named with its pairs, its people and its number", () => {
    const gaps = gapsOf({
      cells,
      joined: ["li@1", "wang@2"],
      done: ["li@1"],
      membersSigned: 1,
      companionAsked: false,
    })
    expect(gaps.map(({ code, count }) => [code, count])).toEqual([
      ["not_answered", 1],
      ["wrong", 1],
      ["disputed", 1],
      ["members_not_signed", 1],
      ["companion_neither_signed_nor_refused", 1],
      ["phones_not_done", 1],
    ])
    expect(gaps.map(({ pairs }) => pairs).slice(0, 3)).toEqual([["A-002/-"], ["A-003/-"], ["A-004/-"]])
    expect(gaps.at(-1)?.names).toEqual(["wang@2"])
  })
  it("is nothing once all is there, three signatures included", () => {
    const whole = new Map([["A-001/-", pass]])
    expect(
      gapsOf({ cells: whole, joined: ["li@1"], done: ["li@1"], membersSigned: 3, companionAsked: true }),
    ).toEqual([])
  })
})
