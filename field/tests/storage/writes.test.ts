/** What a tap costs on the disk: only what it changed. */

import { afterAll, beforeAll, expect, it } from "vitest"
import { ServedCounty } from "../support/county"
import { ENTERING, readyPhone } from "../support/phones"

let county: ServedCounty
beforeAll(async () => {
  county = await ServedCounty.start()
})
afterAll(() => county.stop())

it("a tap is one transaction of three small records, however much was done before", async () => {
  const phone = await readyPhone(county, "p1")
  const visit = await phone.store.openVisit(ENTERING)
  for (let n = 0; n < 60; n++) await phone.store.setAnswer(visit, `VEN-${n}`, "-", { outcome: "pass" })
  await phone.store.syncNow()
  await phone.store.setAnswer(visit, "VEN-0", "-", { outcome: "fail" })
  const written = watch()
  await phone.store.setAnswer(visit, "VEN-1", "-", { outcome: "fail" })
  const { stores, durability, bytes } = written()
  expect(stores).toEqual([["operations", "records"]])
  expect(durability).toEqual(["strict"])
  expect(bytes).toBeLessThan(1_500)
})

/** Every writing transaction until the answered function is called. */
function watch(): () => { stores: string[][]; durability: unknown[]; bytes: number } {
  const stores: string[][] = []
  const durability: unknown[] = []
  let bytes = 0
  const made = Reflect.getOwnPropertyDescriptor(IDBDatabase.prototype, "transaction")
    ?.value as typeof transaction
  const put = Reflect.getOwnPropertyDescriptor(IDBObjectStore.prototype, "put")?.value as typeof putting
  function transaction(
    this: IDBDatabase,
    names: string[],
    mode?: IDBTransactionMode,
    more?: IDBTransactionOptions,
  ): IDBTransaction {
    if (mode === "readwrite") {
      stores.push([...names].sort())
      durability.push(more?.durability)
    }
    return made.call(this, names, mode, more)
  }
  function putting(
    this: IDBObjectStore,
    value: { data: ArrayBuffer },
    key: IDBValidKey,
  ): IDBRequest<IDBValidKey> {
    bytes += value.data.byteLength
    return put.call(this, value, key)
  }
  IDBDatabase.prototype.transaction = transaction
  IDBObjectStore.prototype.put = putting as typeof IDBObjectStore.prototype.put
  return () => {
    IDBDatabase.prototype.transaction = made
    IDBObjectStore.prototype.put = put as typeof IDBObjectStore.prototype.put
    return { stores, durability, bytes }
  }
}
