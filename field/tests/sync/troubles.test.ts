/** Everything that goes wrong between a phone and its county: each ends with nothing lost and the screen telling so. */

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { ServedCounty, type Instead } from "../support/county"
import { copyOf, putBack } from "../support/copies"
import { fillUp } from "../support/full"
import { ENTERING, openTestPhone, PIN, readyPhone, type TestPhone } from "../support/phones"

let county: ServedCounty
let ordinal = 10
beforeAll(async () => {
  county = await ServedCounty.start()
})
afterAll(() => county.stop())

async function atWork(person: string, answers = 1): Promise<{ phone: TestPhone; visit: string }> {
  const phone = await readyPhone(county, person)
  const visit = await phone.store.openVisit({ ...ENTERING, ordinal: (ordinal += 1) })
  for (let n = 1; n <= answers; n++) await phone.store.setAnswer(visit, `VEN-${n}`, "-", { outcome: "pass" })
  return { phone, visit }
}

async function recorded(visit: string): Promise<string[]> {
  const registers = (await county.told()).visits[visit] ?? {}
  return Object.keys(registers).filter((key) => key.startsWith("answer/"))
}

async function reopened(phone: TestPhone, person: string): Promise<TestPhone> {
  const again = await openTestPhone(county, phone.database)
  expect(await again.store.unlock(person, PIN)).toEqual({ done: true })
  return again
}

const PORTAL: Instead = {
  path: "/api/v1/sync",
  status: 200,
  body: "<html>请登录</html>",
  headers: { "Content-Type": "text/html" },
}
const problem = (status: number, code: string, headers: Record<string, string> = {}): Instead => ({
  path: "/api/v1/sync",
  status,
  body: JSON.stringify({ code }),
  headers: { "Content-Type": "application/problem+json", ...headers },
})

describe("answers that are none", () => {
  it.each<[string, Instead, string]>([
    ["a portal's page with status 200", PORTAL, "portal"],
    [
      "a portal's redirect",
      { path: "/api/v1/sync", status: 302, headers: { Location: "http://127.0.0.1:1/login" } },
      "portal",
    ],
    ["an empty object", { path: "/api/v1/sync", status: 200, body: "{}" }, "portal"],
    ["a connection that is cut", { path: "/api/v1/sync", cut: true }, "offline"],
    ["a proxy's bad gateway", { path: "/api/v1/sync", status: 502, body: "<html>" }, "unreachable"],
    ["a county that is busy", problem(503, "busy", { "Retry-After": "7" }), "busy"],
    ["a county that failed", problem(500, "internal"), "county_error"],
  ])("%s changes nothing, and the phone tries again", async (_, reply, trouble) => {
    const { phone, visit } = await atWork("p1")
    await county.instead(reply)
    await phone.store.syncNow()
    expect(phone.store.sync).toMatchObject({ at: "waiting", trouble })
    expect(phone.store.counts.saved).toBe(3)
    expect(await recorded(visit)).toEqual([])
    expect(phone.later).toHaveLength(1)
    await phone.store.syncNow()
    expect([phone.store.sync.at, phone.store.counts.saved]).toEqual(["rest", 0])
    expect(await recorded(visit)).toEqual(["answer/VEN-1/-"])
  })

  it("what the county asked to wait is waited, with jitter on top; an edit meanwhile does not hurry", async () => {
    const { phone, visit } = await atWork("p1")
    await county.instead(problem(503, "busy", { "Retry-After": "7" }))
    await phone.store.syncNow()
    expect(phone.later[0]?.ms).toBeGreaterThanOrEqual(7_000)
    await phone.store.setAnswer(visit, "VEN-9", "-", { outcome: "pass" })
    phone.wake("online")
    expect(phone.later[0]?.ms).toBeGreaterThan(6_000)
  })

  it("repeated trouble is met with growing patience, a person's wish at once", async () => {
    const { phone } = await atWork("p1")
    const waits: number[] = []
    for (let n = 0; n < 4; n++) {
      await county.instead({ path: "/api/v1/sync", cut: true })
      await phone.store.syncNow()
      waits.push(phone.later[0]?.ms ?? 0)
    }
    expect(waits).toEqual([1500, 3000, 6000, 12000])
    phone.wake("asked")
    expect(phone.later[0]?.ms).toBe(0)
  })

  it("413 halves what is sent until it fits", async () => {
    const { phone, visit } = await atWork("p1", 9)
    await county.instead(problem(413, "too_large"), problem(413, "too_large"))
    await phone.store.syncNow()
    expect(phone.store.counts.saved).toBe(0)
    expect(phone.context.need().phone.desk.batch).toBe(50)
    expect(await recorded(visit)).toHaveLength(9)
  })

  it("an access token that ran out is renewed, once", async () => {
    const { phone } = await atWork("p1")
    await county.instead(problem(401, "unauthorized"))
    await phone.store.syncNow()
    expect(phone.store.sync.at).toBe("rest")
    expect(phone.context.need().county.membership?.access).toBe("a2")
  })
})

describe("phones and counties that went back in time", () => {
  it("a phone put back from an old copy forks, goes on under a new chain, and loses nothing", async () => {
    const { phone, visit } = await atWork("p2")
    await phone.store.syncNow()
    const copy = await copyOf(phone.database)
    await phone.store.setAnswer(visit, "VEN-2", "-", { outcome: "fail" })
    await phone.store.syncNow()
    await putBack(phone.database, copy)
    const again = await reopened(phone, "p2")
    await again.store.setAnswer(visit, "VEN-3", "-", { outcome: "pass" })
    await again.store.syncNow()
    expect([again.store.sync.at, again.store.counts.saved]).toEqual(["rest", 0])
    expect(await recorded(visit)).toEqual(["answer/VEN-1/-", "answer/VEN-2/-", "answer/VEN-3/-"])
    expect(again.context.need().phone.desk.state.chains).toHaveLength(2)
    expect(again.store.answer(visit, "VEN-2", "-").counted).toBe("fail")
    expect(await again.store.exportBundle()).toBeInstanceOf(Blob)
  })

  it("a fork met by a locked phone waits for its person, and is settled when they unlock", async () => {
    const { phone, visit } = await atWork("p3")
    await phone.store.syncNow()
    const copy = await copyOf(phone.database)
    await phone.store.setAnswer(visit, "VEN-2", "-", { outcome: "fail" })
    await phone.store.syncNow()
    await putBack(phone.database, copy)
    const again = await reopened(phone, "p3")
    await again.store.setAnswer(visit, "VEN-3", "-", { outcome: "pass" })
    await again.store.lock()
    await again.store.syncNow()
    expect(again.store.counts.saved).toBe(1)
    const chain = again.context.need().phone.desk.state.chains[0]
    expect([chain?.broken, chain?.closed]).toEqual(["fork", false])
    await again.store.unlock("p3", PIN)
    await again.store.syncNow()
    expect(again.store.counts.saved).toBe(0)
    expect(await recorded(visit)).toHaveLength(3)
  })

  it("a county back from a backup gets everything again, and the screen shows the same meanwhile", async () => {
    await county.control({ do: "back_up" })
    const { phone, visit } = await atWork("p4", 3)
    await phone.store.syncNow()
    const before = ["VEN-1", "VEN-2", "VEN-3"].map((item) => phone.store.answer(visit, item, "-").counted)
    await county.control({ do: "restore" })
    expect(await recorded(visit)).toEqual([])
    await phone.store.syncNow()
    expect(await recorded(visit)).toHaveLength(3)
    expect(["VEN-1", "VEN-2", "VEN-3"].map((item) => phone.store.answer(visit, item, "-").counted)).toEqual(
      before,
    )
    expect([phone.store.counts.saved, phone.store.counts.setAside]).toEqual([0, 0])
  })

  it("what is safe at the county and back on the screen leaves the phone, and nothing looks otherwise", async () => {
    const { phone, visit } = await atWork("p5", 20)
    await phone.store.syncNow()
    const shown = phone.store.answer(visit, "VEN-7", "-")
    await county.control({ do: "back_up" })
    await phone.store.syncNow()
    expect(phone.store.counts.received).toBe(0)
    expect(phone.store.answer(visit, "VEN-7", "-")).toEqual(shown)
    const again = await reopened(phone, "p5")
    expect(again.store.answer(visit, "VEN-7", "-")).toEqual(shown)
  })

  it("a withdrawn phone delivers, is told, and pulls nothing", async () => {
    const { phone, visit } = await atWork("p1")
    await phone.store.syncNow()
    await phone.store.setAnswer(visit, "VEN-2", "-", { outcome: "fail" })
    await county.control({ do: "revoke", who: phone.store.device })
    await phone.store.syncNow()
    expect(phone.store.sync).toEqual({ at: "revoked", unsent: 0 })
    expect(phone.store.counts.setAside).toBe(1)
    expect(phone.store.outgoing().map((one) => [one.about, one.why])).toEqual([["answer/VEN-2/-", "revoked"]])
    expect(phone.store.answer(visit, "VEN-1", "-").counted).toBe("pass")
  })
})

describe("phones that are full, old or wrong", () => {
  const restores: (() => void)[] = []
  afterEach(() => {
    for (const restore of restores.splice(0)) restore()
  })

  it("a tap that finds no room is not saved, says so, and the one before stands", async () => {
    const { phone, visit } = await atWork("p1")
    restores.push(fillUp((key) => Array.isArray(key)))
    await expect(phone.store.setAnswer(visit, "VEN-1", "-", { outcome: "fail" })).rejects.toMatchObject({
      code: "full",
    })
    expect(phone.store.answer(visit, "VEN-1", "-").counted).toBe("pass")
    restores.pop()?.()
    await phone.store.setAnswer(visit, "VEN-1", "-", { outcome: "fail" })
    await phone.store.syncNow()
    const again = await reopened(phone, "p1")
    expect(again.store.answer(visit, "VEN-1", "-").counted).toBe("fail")
  })

  it("an answer of the county that finds no room changes nothing; the work has arrived all the same", async () => {
    const { phone, visit } = await atWork("p2")
    restores.push(fillUp((key) => key === "heard"))
    await phone.store.syncNow()
    expect(phone.store.sync).toMatchObject({ at: "waiting", trouble: "full" })
    expect(await recorded(visit)).toEqual(["answer/VEN-1/-"])
    restores.pop()?.()
    await phone.store.syncNow()
    expect([phone.store.sync.at, phone.store.counts.saved]).toEqual(["rest", 0])
  })

  it("a photo that finds no room leaves no operation behind", async () => {
    const { phone, visit } = await atWork("p3")
    const saved = phone.store.counts.saved
    restores.push(fillUp((key) => Array.isArray(key) && key[1] === 1))
    const about = { of: "visit", mime: "image/jpeg", width: 1, height: 1, source: "stream" } as const
    const taken = phone.store.addPhoto(visit, { ...about, bytes: new ArrayBuffer(300_000) })
    await expect(taken).rejects.toMatchObject({ code: "full" })
    restores.pop()?.()
    const again = await reopened(phone, "p3")
    expect([again.store.counts.saved, again.store.counts.photosSaved]).toEqual([saved, 0])
  })

  it.each([-3 * 365 * 86_400_000, 30 * 86_400_000])(
    "a clock that is %s ms off changes nothing but what is told",
    async (off) => {
      const { phone, visit } = await atWork("p4")
      phone.clock.off = off
      await phone.store.setAnswer(visit, "VEN-1", "-", { outcome: "fail" })
      await phone.store.syncNow()
      expect(phone.store.counts.saved).toBe(0)
      expect(phone.store.answer(visit, "VEN-1", "-").counted).toBe("fail")
      expect(Math.abs(phone.store.counts.clockOff ?? 0)).toBeGreaterThan(86_400_000)
    },
  )

  it("an app that is updated over a full outbox goes on where it was", async () => {
    const { phone, visit } = await atWork("p5", 120)
    const again = await reopened(phone, "p5")
    expect(again.store.counts.saved).toBe(122)
    await again.store.syncNow()
    expect(again.store.counts.saved).toBe(0)
    expect(await recorded(visit)).toHaveLength(120)
    const third = await reopened(again, "p5")
    expect([third.store.counts.saved, third.store.counts.received]).toEqual([0, 122])
  })
})
