/** What a copy of the phone's database gives away, and what a PIN opens. */

import "fake-indexeddb/auto"
import { openDB } from "idb"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openDatabase, StorageFull, write, VERSION, NewerVersion } from "../../src/storage/database"
import { weakness } from "../../src/storage/pin"
import { CannotOpen, Seal } from "../../src/storage/sealing"
import { Locked, Vault } from "../../src/storage/vault"
import { ServedCounty } from "../support/county"
import { fillUp } from "../support/full"
import { ENTERING, newName, PIN, readyPhone } from "../support/phones"

const ROUNDS = 1000

async function newVault(): Promise<{ vault: Vault; again: () => Promise<Vault> }> {
  const database = await openDatabase(newName())
  return { vault: await Vault.of(database, ROUNDS), again: () => Vault.of(database, ROUNDS) }
}

describe("a PIN", () => {
  it("opens what it locked, and no other does", async () => {
    const { vault, again } = await newVault()
    await vault.addPerson("p1", "甲", PIN)
    const sealed = await vault.ownSeal("p1").seal("drafts/p1/x", "草稿")
    const later = await again()
    expect(() => later.ownSeal("p1")).toThrow(Locked)
    expect(await later.unlock("p1", "493818", 0)).toEqual({
      done: false,
      why: "wrong",
      triesLeft: 9,
      waitUntil: 0,
    })
    expect(await later.unlock("p1", PIN, 0)).toEqual({ done: true })
    expect(await later.ownSeal("p1").open("drafts/p1/x", sealed)).toBe("草稿")
    expect(later.tenants()[0]?.failures).toBe(0)
  })

  it("is waited for after five wrong tries, and after ten only a fresh code helps; nothing is wiped", async () => {
    const { vault, again } = await newVault()
    await vault.addPerson("p1", "甲", PIN)
    let later = await again()
    let now = 1_000_000
    for (let n = 1; n <= 10; n++) {
      const tried = await later.unlock("p1", "000001", now)
      expect(tried.done).toBe(false)
      if (n === 5) {
        later = await again()
        expect(await later.unlock("p1", PIN, now + 29_999)).toMatchObject({ why: "wait" })
      }
      now += 2_000_000
    }
    expect(await later.unlock("p1", PIN, now)).toEqual({ done: false, why: "needs_code" })
    expect(await later.resetPerson("p1", "275918")).toBe(true)
    expect((await again()).tenants().map((one) => [one.id, one.failures])).toEqual([["p1", 0]])
  })

  it("a clock that was set back does not make the wait longer than it is", async () => {
    const { vault } = await newVault()
    await vault.addPerson("p1", "甲", PIN)
    vault.lock()
    for (let n = 0; n < 5; n++) await vault.unlock("p1", "000001", 9_000_000_000)
    expect(await vault.unlock("p1", PIN, 0)).toEqual({ done: false, why: "wait", waitUntil: 30_000 })
  })

  it.each([
    ["12345", "short"],
    ["12345a", "not_digits"],
    ["123456", "common"],
    ["666666", "common"],
    ["252525", "common"],
    [PIN, null],
  ])("%s is %s", (pin, why) => expect(weakness(pin)).toBe(why))
})

describe("people of one phone", () => {
  it("share what was pulled and not what is their own; nobody is added behind a locked door", async () => {
    const { vault } = await newVault()
    await vault.addPerson("p1", "甲", PIN)
    const rows = await vault.rows?.seal("rows/x/0", "行")
    const draft = await vault.ownSeal("p1").seal("d", "甲的")
    vault.lock()
    await expect(vault.addPerson("p2", "乙", "112358")).rejects.toThrow(Locked)
    await vault.unlock("p1", PIN, 0)
    await vault.addPerson("p2", "乙", "112358")
    expect(vault.person).toBe("p2")
    expect(rows && (await vault.rows?.open("rows/x/0", rows))).toBe("行")
    await expect(vault.ownSeal("p2").open("d", draft)).rejects.toThrow(CannotOpen)
  })

  it("after one is reset while nobody is open, the other gets the new shared key at the next unlock", async () => {
    const { vault, again } = await newVault()
    await vault.addPerson("p1", "甲", PIN)
    await vault.addPerson("p2", "乙", "112358")
    vault.lock()
    expect(await vault.resetPerson("p2", "275918")).toBe(true)
    const rows = await vault.rows?.seal("rows/x/0", "新行")
    const later = await again()
    expect(await later.unlock("p1", PIN, 0)).toEqual({ done: true })
    expect(rows && (await later.rows?.open("rows/x/0", rows))).toBe("新行")
  })

  it("a value that was moved to another place does not open", async () => {
    const seal = await Seal.from(new Uint8Array(32))
    await expect(seal.open("b", await seal.seal("a", 1))).rejects.toThrow(CannotOpen)
  })
})

describe("a copy of the database", () => {
  let county: ServedCounty
  beforeAll(async () => {
    county = await ServedCounty.start()
  })
  afterAll(() => county.stop())

  it("shows none of what people wrote, of photos, of the county's tokens or of the team", async () => {
    const phone = await readyPhone(county, "p1")
    const visit = await phone.store.openVisit(ENTERING)
    const canary = "金丝雀-canary-5d1f"
    await phone.store.setAnswer(visit, "GAS-001", "-", { outcome: "fail", note: canary })
    await phone.store.setNote(visit, "visit", canary)
    await phone.store.keepDraft("finding", { text: canary })
    const bytes = new TextEncoder().encode(canary.repeat(30_000)).buffer
    const about = { of: "visit", mime: "image/jpeg", width: 1, height: 1, source: "stream" } as const
    await phone.store.addPhoto(visit, { ...about, bytes, thumbnail: bytes.slice(0, 60) })
    await phone.store.syncNow()
    const dumped = await dump(phone.database)
    for (const word of [canary, "canary-5d1f", "组员", "answer/GAS-001", "access", '"a"', "wanted"])
      expect(dumped.includes(word)).toBe(false)
    expect(dumped.length).toBeGreaterThan(500_000)
    const draft = await phone.store.draft("finding")
    expect(draft).toEqual({ text: canary })
  })

  it("its keys cannot be exported", async () => {
    const phone = await readyPhone(county, "p2")
    const database = await openDatabase(phone.database)
    for (const name of await database.getAllKeys("keys")) {
      const key = await database.get("keys", name)
      expect(key?.extractable).toBe(false)
    }
    expect((await database.getAllKeys("keys")).sort()).toEqual(["device", "half", "seal"])
  })
})

/** Every byte of every store, as text. */
async function dump(name: string): Promise<string> {
  const database = await openDB(name)
  const found: string[] = []
  const walk = (value: unknown): void => {
    if (value instanceof ArrayBuffer) found.push(new TextDecoder().decode(value))
    else if (ArrayBuffer.isView(value)) found.push(new TextDecoder().decode(value))
    else if (value instanceof CryptoKey) found.push("key")
    else if (typeof value === "object" && value !== null)
      for (const [key, one] of Object.entries(value)) {
        found.push(key)
        walk(one)
      }
    else found.push(String(value))
  }
  for (const store of database.objectStoreNames)
    for (const value of (await database.getAll(store)) as unknown[]) walk(value)
  database.close()
  return found.join("\n")
}

describe("the database", () => {
  it("an older one is brought up to date with what it holds", async () => {
    const name = newName()
    const old = await openDatabase(name, 1)
    const sealed = await (await Seal.from(new Uint8Array(32))).seal("x", "alt")
    await write(old, [{ store: "records", key: "x", value: sealed }])
    expect([...old.objectStoreNames]).not.toContain("carried")
    old.close()
    const database = await openDatabase(name)
    expect(database.version).toBe(VERSION)
    expect([...database.objectStoreNames]).toContain("carried")
    expect(await database.get("records", "x")).toEqual(sealed)
  })

  it("one of a newer app is left alone", async () => {
    const name = newName()
    ;(await openDB(name, VERSION + 1)).close()
    await expect(openDatabase(name)).rejects.toThrow(NewerVersion)
  })

  it("what does not fit is refused as a whole", async () => {
    const database = await openDatabase(newName())
    const restore = fillUp((key) => key === "full")
    const sealed = await (await Seal.from(new Uint8Array(32))).seal("x", 1)
    const puts = ["one", "full"].map((key) => ({ store: "records", key, value: sealed }))
    await expect(write(database, puts)).rejects.toThrow(StorageFull)
    restore()
    expect(await database.getAllKeys("records")).toEqual([])
  })
})
