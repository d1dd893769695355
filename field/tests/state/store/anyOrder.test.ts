/** Three phones, whatever they do and whatever is lost on the way: in the end all show the same, and so does the county. */

import fc from "fast-check"
import { afterAll, beforeAll, expect, it } from "vitest"
import { ServedCounty } from "../../support/county"
import { ENTERING, openTestPhone, PIN, readyPhone, type TestPhone } from "../../support/phones"

let county: ServedCounty
let ordinal = 0
beforeAll(async () => {
  county = await ServedCounty.start()
})
afterAll(() => county.stop())

const PERSONS = ["p1", "p2", "p3"] as const
const ITEMS = ["GAS-001", "GAS-002"] as const
const step = fc.record({
  phone: fc.nat(2),
  act: fc.oneof(
    fc.record({
      do: fc.constant("answer" as const),
      item: fc.nat(1),
      outcome: fc.constantFrom("pass", "fail"),
    }),
    fc.record({ do: fc.constant("finding" as const), text: fc.constantFrom("漏风", "漏风严重") }),
    fc.record({ do: fc.constantFrom("sync", "sync", "lose", "cut", "restart") }),
  ),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function take({ act }: Step, phone: TestPhone, person: string, visit: string): Promise<TestPhone> {
  switch (act.do) {
    case "answer":
      await phone.store.setAnswer(visit, ITEMS[act.item] ?? ITEMS[0], "-", {
        outcome: act.outcome,
      })
      return phone
    case "finding": {
      const known = phone.store.findings({ visit })[0]?.finding
      await phone.store.setFinding(visit, { text: act.text, severity: "general" }, known)
      return phone
    }
    case "restart": {
      const again = await openTestPhone(county, phone.database)
      await again.store.unlock(person, PIN)
      return again
    }
    default:
      if (act.do !== "sync") await county.instead({ path: "/api/v1/sync", [act.do]: true })
      await phone.store.syncNow()
      return phone
  }
}

function seen(phone: TestPhone, visit: string): unknown {
  const answers = ITEMS.map((item) => phone.store.answer(visit, item, "-"))
  const findings = phone.store.findings({ visit })
  const plain = (name: string, value: unknown): unknown => (name === "isUnsent" ? 0 : value)
  return JSON.parse(JSON.stringify({ answers, findings }, plain)) as unknown
}

async function expectSame(phones: readonly TestPhone[], visit: string): Promise<void> {
  expect(phones.map((phone) => phone.store.counts.saved)).toEqual([0, 0, 0])
  const [first, ...others] = phones.map((phone) => seen(phone, visit))
  for (const other of others) expect(other).toEqual(first)
  const registers = (await county.told()).visits[visit] ?? {}
  for (const item of ITEMS) {
    const heads = phones[0]?.store.answer(visit, item, "-").heads.map((head) => head.uid)
    expect(heads).toEqual((registers[`answer/${item}/-`] ?? []).map(([uid]) => uid))
  }
}

it("converges", { timeout: 120_000 }, async () => {
  const ready = await Promise.all(PERSONS.map((person) => readyPhone(county, person)))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      ordinal += 1
      const phones = [...ready]
      const visits = await Promise.all(phones.map((one) => one.store.openVisit({ ...ENTERING, ordinal })))
      const visit = visits[0] ?? ""
      for (const one of steps) {
        const phone = phones[one.phone] ?? expect.fail("a phone")
        phones[one.phone] = await take(one, phone, PERSONS[one.phone] ?? "", visit)
      }
      for (let round = 0; round < 2; round++) for (const phone of phones) await phone.store.syncNow()
      ready.splice(0, 3, ...phones)
      await expectSame(phones, visit)
    }),
    { numRuns: 12 },
  )
})
