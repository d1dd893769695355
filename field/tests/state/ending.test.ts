import { effectScope } from "vue"
import { beforeEach, describe, expect, it } from "vitest"
import { useOpening } from "../../src/state/opening"
import { useEnding } from "../../src/state/signing"
import { useSplitting } from "../../src/state/splitting"
import { openVisitView, type VisitView } from "../../src/state/visit"
import { TODAY, type Shift } from "./memoryPhone"
import { inPhone, shift } from "./shift"

let held: Shift
let view: VisitView

beforeEach(() => {
  held = shift()
  view = effectScope().run(() => openVisitView(held.phone, "v1")) as VisitView
})

const drawing = { bytes: new ArrayBuffer(8), width: 900, height: 360 }

describe("ending a visit", () => {
  it("names what is missing until two members and the companion signed", async () => {
    const ending = inPhone(held.phone, () => useEnding(view))
    const codes = () => ending.gaps.value.map(({ code }) => code)
    expect(codes()).toContain("members_not_signed")
    await ending.signAsMember("p1", drawing)
    expect(ending.gaps.value.find(({ code }) => code === "members_not_signed")?.count).toBe(1)
    await ending.signAsMember("p2", drawing)
    expect(codes()).not.toContain("members_not_signed")
    await ending.refuse("周矿长", "不认可检查结果")
    expect(codes()).not.toContain("companion_neither_signed_nor_refused")
    expect(ending.signatures.value.companion?.value).toMatchObject({
      refused: true,
      reason: "不认可检查结果",
    })
  })
  it("owes its done anew once something was added after it", async () => {
    const ending = inPhone(held.phone, () => useEnding(view))
    held.pulled("v1", "answer/VEN-001/-", "p1", { outcome: "pass" })
    await ending.done()
    expect(ending.isDoneStale.value).toBe(false)
    held.pulled("v1", "answer/VEN-002/-", "p1", { outcome: "pass" })
    expect(ending.isDoneStale.value).toBe(true)
  })
  it("says this phone's done before it submits", async () => {
    const ending = inPhone(held.phone, () => useEnding(view))
    expect(await ending.submit("")).toBe(true)
    expect(ending.doneSaid.value).not.toBeNull()
    expect(ending.submitted.value).not.toBeNull()
  })
  it("says why nothing was saved", async () => {
    const ending = inPhone(held.phone, () => useEnding(view))
    held.failWith = "full"
    expect(await ending.submit("")).toBe(false)
    expect(ending.failure.value).toBe("full")
  })
})

describe("splitting", () => {
  it("gives a place by its id, what is asked of the mine itself item by item", async () => {
    const splitting = inPhone(held.phone, () => useSplitting(view))
    const [face] = splitting.stops.value
    const whole = splitting.stops.value.find(({ id }) => id.startsWith("-"))
    if (!face || !whole) throw new Error("no stops")
    await splitting.give(face, ["p2"])
    await splitting.give(whole, ["p2", "p3"])
    expect(view.claims.value.get("p2")).toEqual(["f1", ...whole.names])
    expect(splitting.holders(whole)).toEqual(["p2", "p3"])
    expect(splitting.load("p2")).toBe(face.pairs.length + whole.pairs.length)
    expect(view.isMine(face.pairs[0] ?? "")).toBe(false)
    await splitting.clear()
    expect(view.isMine(face.pairs[0] ?? "")).toBe(true)
  })
  it("by specialty leaves nothing that somebody is trained for to everybody", async () => {
    const splitting = inPhone(held.phone, () => useSplitting(view))
    await splitting.giveBySpecialty()
    expect(view.pairs.value.filter((pair) => view.owners(pair).length === 0)).toEqual([])
  })
})

describe("opening", () => {
  it("joins what is there instead of opening it again", async () => {
    const opening = inPhone(held.phone, () => useOpening())
    expect(await opening.enter("m1", "round", TODAY)).toBe("v1")
    expect(await opening.enter("m1", "full", TODAY)).toBe(`opened-full-${TODAY}`)
  })
  it("offers mines under contract on the day alone, under the edition in force", () => {
    const opening = inPhone(held.phone, () => useOpening())
    expect(opening.mines(TODAY)).toHaveLength(1)
    expect(opening.mines("2025-12-31")).toEqual([])
    expect(opening.edition(TODAY)).toBe("edition-1")
    expect(opening.edition("2026-06-30")).toBeNull()
  })
})
