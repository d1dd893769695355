import { effectScope } from "vue"
import { beforeEach, describe, expect, it } from "vitest"
import { useAnswering } from "../../src/state/answering"
import { useEntering } from "../../src/state/entering"
import { openVisitView, type VisitView } from "../../src/state/visit"
import { useWalk } from "../../src/state/walking"
import type { Shift } from "./memoryPhone"
import { findingAbout, visitOf } from "./memoryPhone"
import { inPhone, shift } from "./shift"

let held: Shift
let view: VisitView

beforeEach(() => {
  held = shift()
  view = effectScope().run(() => openVisitView(held.phone, "v1")) as VisitView
})

const GAS = "GAS-002/f1"

describe("a visit", () => {
  it("asks the round's items at the mine's own places", () => {
    expect(view.stops.value[0]).toMatchObject({ id: "f1", name: "3105综采工作面" })
    expect(view.pairs.value).toContain(GAS)
    expect(view.pairs.value.every((pair) => view.item(pair)?.cadence === "round")).toBe(true)
  })
  it("lists what a teammate answered beyond that", () => {
    expect(view.pairs.value).not.toContain("GAS-001/r1")
    held.pulled("v1", "answer/GAS-001/r1", "p2", { outcome: "pass", value: "0.2" })
    expect(view.pairs.value).toContain("GAS-001/r1")
  })
  it("stays the same object while answers come in", () => {
    const before = [view.pairs.value, view.stops.value, view.facts.value]
    held.pulled("v1", `answer/${GAS}`, "p2", { outcome: "pass", value: "0.2" })
    expect(view.figures(view.stops.value[0] as never)).toMatchObject({ answered: 1 })
    expect(
      [view.pairs.value, view.stops.value, view.facts.value].every((now, at) => now === before[at]),
    ).toBe(true)
  })
  it("shows a pair that failed as lacking until a living finding speaks of it", () => {
    held.pulled("v1", "answer/VEN-001/-", "p1", { outcome: "fail" })
    expect(view.cell("VEN-001/-").mark).toBe("wanting")
    expect(view.cell("VEN-001/-").lacks).toContain("finding_missing")
    held.findings.push(findingAbout("VEN-001", "-", "风机停转"))
    expect(view.cell("VEN-001/-").lacks).not.toContain("finding_missing")
  })
  it("shows a dispute whatever else is lacking", () => {
    held.pulled("v1", `answer/${GAS}`, "p1", { outcome: "pass", value: "0.2" })
    held.pulled("v1", `answer/${GAS}`, "p2", { outcome: "fail", value: "1.2" })
    expect(view.cell(GAS)).toMatchObject({ mark: "disputed", outcome: "fail" })
  })
  it("remembers the newest earlier reading of the mine, and none of a visit to come or void", () => {
    held.visits.push(
      visitOf("a", "full", "2026-11-09"),
      visitOf("b", "round", "2026-11-16"),
      visitOf("c", "round", "2026-11-30"),
    )
    held.visits.push({ ...visitOf("d", "round", "2026-11-20"), status: "void" })
    for (const [visit, value] of Object.entries({ a: "0.1", b: "0.2", c: "0.3", d: "0.4" })) {
      held.pulled(visit, `answer/${GAS}`, "p2", { outcome: "pass", value, unit: "%CH4" })
    }
    view.remember()
    expect(view.last.value.get(GAS)).toMatchObject({ answer: { value: "0.2" }, on: "2026-11-16" })
  })
})

describe("answering", () => {
  it("is taken back to nothing by an answer that says undone, and then reads as unanswered", async () => {
    const answering = inPhone(held.phone, () => useAnswering(view))
    expect(await answering.say("VEN-001/-", { outcome: "pass" })).toBe(true)
    expect(view.cell("VEN-001/-").outcome).toBe("pass")
    expect(await answering.undo()).toBe(true)
    expect(view.answer("VEN-001/-").heads[0]?.value).toMatchObject({ outcome: "unseen", undone: true })
    expect(view.cell("VEN-001/-").mark).toBe("open")
    expect(answering.canUndo.value).toBe(false)
  })
  it("is taken back to what stood there before", async () => {
    const answering = inPhone(held.phone, () => useAnswering(view))
    await answering.say(GAS, { outcome: "pass", value: "0.3", unit: "%CH4" })
    await answering.say(GAS, { outcome: "pass", value: "0.4", unit: "%CH4" })
    await answering.undo()
    expect(view.answer(GAS).heads[0]?.value).toEqual({ outcome: "pass", value: "0.3", unit: "%CH4" })
  })
  it("says why nothing was saved, and then there is nothing to undo", async () => {
    const answering = inPhone(held.phone, () => useAnswering(view))
    held.failWith = "full"
    expect(await answering.say(GAS, { outcome: "pass" })).toBe(false)
    expect([answering.failure.value, answering.canUndo.value]).toEqual(["full", false])
  })
})

describe("walking a stop", () => {
  it("begins at the first open item, goes on to the next and wraps round, then to the next stop", () => {
    const stop = view.stops.value[0]
    const pairs = stop?.pairs ?? []
    const walk = useWalk(view, () => stop?.id ?? "", null)
    expect(walk.current.value).toBe(pairs[0])
    walk.choose(pairs[1] ?? null)
    for (const pair of pairs.slice(2))
      held.pulled("v1", `answer/${pair}`, "p1", { outcome: "na", reason: "无" })
    held.pulled("v1", `answer/${pairs[1] ?? ""}`, "p1", { outcome: "na", reason: "无" })
    walk.advance()
    expect(walk.current.value).toBe(pairs[0])
    held.pulled("v1", `answer/${pairs[0] ?? ""}`, "p1", { outcome: "na", reason: "无" })
    walk.advance()
    expect(walk.current.value).toBeNull()
    expect(walk.nextStop.value?.id).toBe("f2")
  })
  it("passes over what a teammate has claimed", () => {
    const pairs = view.stops.value[0]?.pairs ?? []
    held.pulled("v1", "claim/p2", "p1", [pairs[0]?.split("/")[0]])
    expect(useWalk(view, () => "f1", null).current.value).toBe(pairs[1])
  })
})

describe("entering a reading", () => {
  it("says what it comes to before it is saved, in the unit that was chosen", () => {
    const entering = useEntering(view, GAS)
    for (const key of ["1", ".", "2"] as const) entering.press(key)
    expect(entering.judged.value?.outcome).toBe("fail")
    expect(entering.answer.value).toEqual({ outcome: "fail", value: "1.2", unit: "%CH4" })
  })
  it("takes ppm where the item does, and begins with the unit of last time", () => {
    const key = [...(view.edition.value?.items.values() ?? [])].find(
      ({ answer }) => answer.type === "number" && "ppm" in answer.accepts,
    )
    const pair = `${key?.key ?? ""}/f1`
    held.visits.push(visitOf("b", "round", "2026-11-16"))
    held.pulled("b", `answer/${pair}`, "p2", { outcome: "pass", value: "5", unit: "ppm" })
    view.remember()
    const entering = useEntering(view, pair)
    expect(entering.unit.value).toBe("ppm")
    for (const digit of ["2", "4"] as const) entering.press(digit)
    expect(entering.answer.value).toEqual({ outcome: "pass", value: "24", unit: "ppm" })
  })
})
