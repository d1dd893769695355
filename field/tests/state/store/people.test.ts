/** The people of a shared phone: each behind a PIN, none shut out for good, nobody's signed work held back. */

import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ServedCounty } from "../../support/county"
import { ENTERING, openTestPhone, PIN, readyPhone } from "../../support/phones"

let county: ServedCounty
let ordinal = 0
beforeAll(async () => {
  county = await ServedCounty.start()
})
afterAll(() => county.stop())

const entering = (): typeof ENTERING & { ordinal: number } => ({ ...ENTERING, ordinal: (ordinal += 1) })

describe("enrolment", () => {
  it.each([
    ["a picture of something else", "https://example.com/", "not_a_code"],
    ["a code of another county", `x#1.${"x".repeat(43)}.${"c".repeat(22)}`, "not_the_county"],
  ])("%s enrols nothing", async (_, address, why) => {
    const phone = await openTestPhone(county)
    expect(await phone.store.enrol(address, "")).toEqual({ done: false, why })
    expect(phone.store.life.at).toBe("unenrolled")
  })

  it.each([
    [{ status: 200, body: "<html>请登录</html>" }, "portal"],
    [
      {
        status: 403,
        body: '{"code":"enrolment_refused"}',
        headers: { "Content-Type": "application/problem+json" },
      },
      "code_unusable",
    ],
    [
      { status: 422, body: '{"code":"invalid"}', headers: { "Content-Type": "application/problem+json" } },
      "refused",
    ],
    [{ cut: true }, "offline"],
  ])("%j is said in words", async (reply, why) => {
    const phone = await openTestPhone(county)
    await county.instead({ path: "/api/v1/enrolment", ...reply })
    expect(await phone.store.enrol(county.address, "")).toEqual({ done: false, why })
  })

  it("waits for the leader; wrong digits three times, and the phone begins anew with another key", async () => {
    await county.control({ do: "confirm", is: false })
    const phone = await openTestPhone(county)
    const enrolled = await phone.store.enrol(county.address, "")
    expect(enrolled).toEqual({ done: true, digits: expect.stringMatching(/^\d{6}$/) as string })
    expect(await phone.store.askConfirmed()).toBe(false)
    expect(phone.store.life.at).toBe("unconfirmed")
    const { device } = phone.store
    const headers = { "Content-Type": "application/problem+json" }
    await county.instead({
      path: "/api/v1/checklists",
      status: 401,
      body: '{"code":"device_revoked"}',
      headers,
    })
    expect(await phone.store.askConfirmed()).toBe(false)
    expect(phone.store.life.at).toBe("unenrolled")
    expect(phone.store.device).not.toBe(device)
    await county.control({ do: "confirm", is: true })
    await phone.store.enrol(county.address, "")
    expect(await phone.store.askConfirmed()).toBe(true)
    expect(phone.store.life.at).toBe("empty")
  })
})

describe("people", () => {
  it("two share a phone: each signs on a chain of their own, both deliver in one exchange", async () => {
    const phone = await readyPhone(county, "p1")
    const visit = await phone.store.openVisit(entering())
    await phone.store.setAnswer(visit, "VEN-1", "-", { outcome: "pass" })
    await phone.store.addPerson({ id: "p2", name: "组员p2", pin: "112358" })
    expect(phone.store.person?.id).toBe("p2")
    await phone.store.joinVisit(visit, "ed1")
    await phone.store.setAnswer(visit, "VEN-2", "-", { outcome: "fail" })
    expect(phone.store.answer(visit, "VEN-1", "-").counted).toBe("pass")
    await phone.store.syncNow()
    const registers = (await county.told()).visits[visit] ?? {}
    expect([registers["answer/VEN-1/-"]?.[0]?.[1], registers["answer/VEN-2/-"]?.[0]?.[1]]).toEqual([
      "p1",
      "p2",
    ])
    expect(phone.store.people.map((one) => [one.id, one.role])).toEqual([
      ["p1", "leader"],
      ["p2", "member"],
    ])
  })

  it("a new PIN takes the place of the old one, and what was signed before is still there", async () => {
    const phone = await readyPhone(county, "p3")
    const visit = await phone.store.openVisit(entering())
    expect(await phone.store.changePin("000000", "112358")).toMatchObject({ done: false, why: "wrong" })
    expect(await phone.store.changePin(PIN, "112358")).toEqual({ done: true })
    await phone.store.lock()
    expect(await phone.store.unlock("p3", PIN)).toMatchObject({ done: false })
    expect(await phone.store.unlock("p3", "112358")).toEqual({ done: true })
    await phone.store.setAnswer(visit, "VEN-1", "-", { outcome: "pass" })
    await phone.store.syncNow()
    expect(phone.store.counts.saved).toBe(0)
  })

  it("a forgotten PIN is set anew with a fresh code: signed work goes on its way, new work on a new chain", async () => {
    const phone = await readyPhone(county, "p4")
    const visit = await phone.store.openVisit(entering())
    await phone.store.setAnswer(visit, "VEN-1", "-", { outcome: "pass" })
    const again = await openTestPhone(county, phone.database)
    expect(await again.store.resetPin("p4", county.address, "112358")).toMatchObject({ done: true })
    expect(again.store.life).toEqual({ at: "open", person: "p4" })
    await again.store.setAnswer(visit, "VEN-2", "-", { outcome: "fail" })
    await again.store.syncNow()
    expect(again.store.counts).toMatchObject({ saved: 0, setAside: 0 })
    const answers = Object.keys((await county.told()).visits[visit] ?? {}).filter((key) =>
      key.startsWith("answer/"),
    )
    expect(answers).toEqual(["answer/VEN-1/-", "answer/VEN-2/-"])
    expect(again.store.members()).toHaveLength(5)
  })

  it("behind a lock nothing is written, and what is asked for says so", async () => {
    const phone = await readyPhone(county, "p5")
    const visit = await phone.store.openVisit(entering())
    await phone.store.lock()
    const tap = phone.store.setAnswer(visit, "VEN-1", "-", { outcome: "pass" })
    await expect(tap).rejects.toMatchObject({ code: "locked" })
    await expect(phone.store.draft("x")).rejects.toMatchObject({ code: "locked" })
    expect(phone.store.members()).toEqual([])
  })
})
