/** Photos' bytes on links that are cut: operations first, the gravest first, going on where the county stands. */

import { watch } from "vue"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ServedCounty } from "../support/county"
import { ENTERING, openTestPhone, readyPhone, type TestPhone } from "../support/phones"

let county: ServedCounty
let ordinal = 40
beforeAll(async () => {
  county = await ServedCounty.start()
})
afterAll(() => county.stop())

const ABOUT = { mime: "image/jpeg", width: 2560, height: 1920, source: "stream" } as const

async function atWork(person: string): Promise<{ phone: TestPhone; visit: string }> {
  const phone = await readyPhone(county, person)
  return { phone, visit: await phone.store.openVisit({ ...ENTERING, ordinal: (ordinal += 1) }) }
}

function bytes(size: number, seed: number): ArrayBuffer {
  return Uint8Array.from({ length: size }, (_, n) => (n * seed) % 251).buffer
}

async function asked(pattern: RegExp): Promise<string[]> {
  return (await county.told()).asked.filter((one) => pattern.test(one))
}

describe("photos", () => {
  it("arrive whole, after the operations, the suspected major hazard's first", async () => {
    const { phone, visit } = await atWork("p1")
    const grave = await phone.store.setFinding(visit, { text: "重", severity: "suspected_major" })
    const plain = await phone.store.setFinding(visit, { text: "轻", severity: "general" })
    await phone.store.addPhoto(visit, { ...ABOUT, of: "visit", bytes: bytes(1000, 3) })
    await phone.store.addPhoto(visit, { ...ABOUT, of: `finding/${plain}`, bytes: bytes(1000, 5) })
    await phone.store.addPhoto(visit, { ...ABOUT, of: `finding/${grave}`, bytes: bytes(700_000, 7) })
    const [first] = phone.store.photos({ finding: grave })
    expect(first?.bytes).toBe("saved")
    await phone.store.syncNow()
    expect(phone.store.counts).toMatchObject({ saved: 0, photosSaved: 0, photosReceived: 3 })
    const patched = await asked(/^PATCH/)
    expect(patched[0]).toContain(first?.sha256)
    expect((await county.told()).photos[first?.sha256 ?? ""]).toBe(700_000)
    const order = (await county.told()).asked.map((one) => one.split(" ")[0])
    expect(order.indexOf("PATCH")).toBeGreaterThan(order.indexOf("POST"))
    expect(phone.store.photos({ finding: grave })[0]).toMatchObject({ bytes: "received", sent: 700_000 })
  })

  it("a cut link costs one part: the phone asks where the county stands and goes on, after a restart too", async () => {
    const { phone, visit } = await atWork("p2")
    await phone.store.addPhoto(visit, { ...ABOUT, of: "visit", bytes: bytes(900_000, 11) })
    const [photo] = phone.store.photos({ visit })
    const path = `/api/v1/photos/${photo?.sha256 ?? ""}`
    await county.instead({ path, status: 204, headers: { "Upload-Offset": "0" } }, { path, cut: true })
    await phone.store.syncNow()
    expect(phone.store.sync).toMatchObject({ at: "waiting" })
    const again = await openTestPhone(county, phone.database)
    expect(again.store.life.at).toBe("locked")
    await again.store.syncNow()
    expect((await county.told()).photos[photo?.sha256 ?? ""]).toBe(900_000)
    const heads = await asked(new RegExp(`^HEAD ${path}`))
    expect(heads).toHaveLength(2)
  })

  it("parts grow from 64 to 512 KiB while the link is good", async () => {
    const { phone, visit } = await atWork("p3")
    await phone.store.addPhoto(visit, { ...ABOUT, of: "visit", bytes: bytes(2_000_000, 13) })
    const [photo] = phone.store.photos({ visit })
    await phone.store.syncNow()
    // 64 + 128 + 256 + 512 + 512 + 482 KiB
    expect(await asked(new RegExp(`^PATCH .*${photo?.sha256 ?? ""}`))).toHaveLength(6)
  })

  it("operations saved meanwhile go between two parts", async () => {
    const { phone, visit } = await atWork("p4")
    await phone.store.addPhoto(visit, { ...ABOUT, of: "visit", bytes: bytes(12_000_000, 17) })
    const taps: Promise<void>[] = []
    const begun = (at: string): void => {
      if (at === "uploading" && taps.length === 0)
        taps.push(phone.store.setAnswer(visit, "VEN-1", "-", { outcome: "fail" }))
    }
    const stop = watch(() => phone.store.sync.at, begun, { flush: "sync" })
    await phone.store.syncNow()
    stop()
    await Promise.all(taps)
    const told = await county.told()
    expect(phone.store.counts).toMatchObject({ saved: 0, photosSaved: 0 })
    const mine = told.asked.slice(
      told.asked.findIndex((one) => one.startsWith("PATCH") && one.includes(sha(phone, visit))),
    )
    expect(mine.findIndex((one) => one.startsWith("POST"))).toBeLessThan(mine.length - 1)
    expect(told.photos[sha(phone, visit)]).toBe(12_000_000)
  })

  it("one that the county refuses for good is told and holds up nothing", async () => {
    const { phone, visit } = await atWork("p5")
    await phone.store.addPhoto(visit, { ...ABOUT, of: "visit", bytes: bytes(1000, 19) })
    await phone.store.addPhoto(visit, { ...ABOUT, of: "visit", bytes: bytes(1000, 23) })
    const body = JSON.stringify({ code: "photo_bomb" })
    const headers = { "Content-Type": "application/problem+json" }
    const digest = phone.store.outgoing().find((one) => one.sort === "photo.bytes")?.id ?? ""
    await county.instead({ path: `/api/v1/photos/${digest}`, status: 422, body, headers })
    await phone.store.syncNow()
    expect(phone.store.counts).toMatchObject({ photosSaved: 0, photosReceived: 1 })
    expect(phone.store.outgoing().map((one) => [one.state, one.why])).toEqual([["refused", "refused"]])
    expect((await phone.store.photoBytes(digest))?.size).toBe(1000)
  })
})

function sha(phone: TestPhone, visit: string): string {
  return phone.store.photos({ visit })[0]?.sha256 ?? ""
}

describe("another phone's file", () => {
  it("is carried to the county once it is signed for, and nothing of it is lost on a bad way", async () => {
    const { phone, visit } = await atWork("p1")
    await phone.store.setAnswer(visit, "VEN-1", "-", { outcome: "fail" })
    const file = await phone.store.exportBundle()
    const carrier = await readyPhone(county, "p2")
    expect(await carrier.store.importBundle(file)).toEqual({ done: true, operations: 3, chains: 1 })
    expect(carrier.store.counts.carried).toBe(1)
    await county.instead({ path: "/api/v1/sync/bundle", status: 200, body: "<html>" })
    await carrier.store.syncNow()
    expect(carrier.store.sync).toMatchObject({ at: "waiting", trouble: "portal" })
    await carrier.store.syncNow()
    expect(carrier.store.counts.carried).toBe(0)
    // Whoever carries a chain does not vouch for it: its work counts once its own phone goes on with it.
    const { chains, visits } = await county.told()
    const chain = phone.context.need().phone.desk.state.chains[0]?.chain ?? ""
    expect([chains[chain], visits[visit]]).toEqual([3, undefined])
    await phone.store.setAnswer(visit, "VEN-2", "-", { outcome: "pass" })
    await phone.store.syncNow()
    expect(phone.store.counts.saved).toBe(0)
    expect(Object.keys((await county.told()).visits[visit] ?? {})).toContain("answer/VEN-1/-")
  })

  it("what is no bundle, too large or one's own is refused in words", async () => {
    const { phone } = await atWork("p1")
    const own = await phone.store.exportBundle()
    expect(await phone.store.importBundle(own)).toEqual({ done: false, why: "own" })
    expect(await phone.store.importBundle(new Blob(["x"]))).toEqual({ done: false, why: "not_a_bundle" })
    const large = new Blob([new Uint8Array(17 * 1024 * 1024)])
    expect(await phone.store.importBundle(large)).toEqual({ done: false, why: "too_large" })
  })
})
