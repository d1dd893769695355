/** A copy of a phone's whole database, to be put back later: how phones are restored and cloned in real life. */

import { openDB } from "idb"

type Copy = Map<string, [IDBValidKey, unknown][]>

export async function copyOf(name: string): Promise<Copy> {
  const database = await openDB(name)
  const copy: Copy = new Map()
  for (const store of database.objectStoreNames) {
    const keys = await database.getAllKeys(store)
    const values = (await database.getAll(store)) as unknown[]
    copy.set(
      store,
      keys.map((key, n) => [key, values[n]]),
    )
  }
  database.close()
  return copy
}

/** Replace everything by what the copy holds. The phone over it has to be opened again. */
export async function putBack(name: string, copy: Copy): Promise<void> {
  const database = await openDB(name)
  for (const [store, entries] of copy) {
    await database.clear(store)
    for (const [key, value] of entries) await database.put(store, value, key)
  }
  database.close()
}
