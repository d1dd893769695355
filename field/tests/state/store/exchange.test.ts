/** The whole phone, put together as in the app, against the reference county. */

import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ServedCounty } from "../../support/county"
import { ENTERING, openTestPhone, PIN, readyPhone } from "../../support/phones"

let county: ServedCounty
beforeAll(async () => {
  county = await ServedCounty.start()
})
afterAll(() => county.stop())

describe("from enrolment to the county's record", () => {
  it("what a phone answers, the county holds, and a second phone sees", async () => {
    const one = await readyPhone(county, "p1")
    const two = await readyPhone(county, "p2")
    const visit = await one.store.openVisit(ENTERING)
    expect(await two.store.openVisit(ENTERING)).toBe(visit)
    await one.store.setAnswer(visit, "GAS-001", "-", { outcome: "pass", value: 0.31, unit: "%CH4" })
    await two.store.setAnswer(visit, "GAS-001", "-", { outcome: "fail", value: 0.81, unit: "%CH4" })
    const finding = await one.store.setFinding(visit, {
      item: "GAS-001",
      text: "风筒漏风",
      severity: "general",
    })
    expect(one.store.counts.saved).toBeGreaterThan(0)
    for (const phone of [one, two, one]) await phone.store.syncNow()
    expect([one.store.sync.at, one.store.counts.saved]).toEqual(["rest", 0])
    const registers = (await county.told()).visits[visit] ?? {}
    expect(registers["answer/GAS-001/-"]?.map(([, who]) => who).sort()).toEqual(["p1", "p2"])
    const answer = one.store.answer(visit, "GAS-001", "-")
    expect([answer.disputed, answer.counted, answer.heads.length]).toEqual([true, "fail", 2])
    expect(two.store.finding(finding)?.fields.text?.heads[0]?.value).toBe("风筒漏风")
    expect(one.store.conflicts(visit).map((one) => one.about)).toEqual(["answer/GAS-001/-"])
    await one.store.settleAnswer(visit, "GAS-001", "-", { outcome: "fail", value: 0.8, unit: "%CH4" })
    for (const phone of [one, two]) await phone.store.syncNow()
    expect(two.store.answer(visit, "GAS-001", "-").heads.map((head) => head.person)).toEqual(["p1"])
    expect(two.store.conflicts(visit)).toEqual([])
  })

  it("whoever works in a visit that another phone opened has joined it, on each of their phones and once", async () => {
    const one = await readyPhone(county, "p1")
    const two = await readyPhone(county, "p2")
    const other = await readyPhone(county, "p2")
    const visit = await one.store.openVisit({ ...ENTERING, ordinal: 9 })
    for (const phone of [one, two, other]) await phone.store.syncNow()
    expect(two.store.visit(visit)?.joined).toBe(false)
    const finding = await two.store.setFinding(visit, { text: "风筒漏风", severity: "general" })
    expect(two.store.findings({ mine: ENTERING.mine }).map((found) => found.finding)).toContain(finding)
    expect(two.store.visit(visit)?.joined).toBe(true)
    await two.store.syncNow()
    await other.store.syncNow()
    expect(other.store.visit(visit)?.joined).toBe(false)
    for (const item of ["VEN-001", "VEN-002"])
      await other.store.setAnswer(visit, item, "-", { outcome: "pass" })
    await other.store.syncNow()
    const joins = Object.entries((await county.told()).visits[visit] ?? {}).filter(([key]) =>
      key.startsWith("join/"),
    )
    const people = [`p1@${one.store.device}`, `p2@${two.store.device}`, `p2@${other.store.device}`]
    expect(joins.map(([key]) => key.slice(5)).sort()).toEqual(people.sort())
    expect(joins.map(([, heads]) => heads.length)).toEqual([1, 1, 1])
  })

  it("a restarted phone shows what it showed, and is locked", async () => {
    const phone = await readyPhone(county, "p3")
    const visit = await phone.store.openVisit({ ...ENTERING, ordinal: 2 })
    await phone.store.setAnswer(visit, "VEN-001", "-", { outcome: "pass" })
    await phone.store.syncNow()
    await phone.store.setAnswer(visit, "VEN-002", "-", { outcome: "pass" })
    const again = await openTestPhone(county, phone.database)
    expect(again.store.life.at).toBe("locked")
    expect(await again.store.unlock("p3", "111112")).toMatchObject({
      done: false,
      why: "wrong",
      triesLeft: 9,
    })
    expect(await again.store.unlock("p3", PIN)).toEqual({ done: true })
    for (const item of ["VEN-001", "VEN-002"])
      expect(again.store.answer(visit, item, "-")).toEqual(phone.store.answer(visit, item, "-"))
    expect(again.store.members().map((member) => member.person)).toEqual(["p1", "p2", "p3", "p4", "p5"])
    expect(again.store.visit(visit)?.joined).toBe(true)
  })

  it("a locked phone still delivers, and reads what it missed once it is open", async () => {
    const phone = await readyPhone(county, "p4")
    const other = await readyPhone(county, "p5")
    const visit = await phone.store.openVisit({ ...ENTERING, ordinal: 3 })
    await phone.store.setAnswer(visit, "VEN-001", "-", { outcome: "pass" })
    const again = await openTestPhone(county, phone.database)
    await again.store.syncNow()
    expect([again.store.life.at, again.store.counts.saved]).toEqual(["locked", 0])
    expect(Object.keys((await county.told()).visits[visit] ?? {})).toContain("answer/VEN-001/-")
    await other.store.openVisit({ ...ENTERING, ordinal: 3 })
    await other.store.setAnswer(visit, "VEN-003", "-", { outcome: "fail" })
    await other.store.syncNow()
    await again.store.syncNow()
    expect(again.store.answer(visit, "VEN-003", "-").counted).toBeNull()
    await again.store.unlock("p4", PIN)
    await again.store.syncNow()
    expect(again.store.answer(visit, "VEN-003", "-").counted).toBe("fail")
  })
})
