/** The phone's database: its stores, how an older one is brought up to date, and one durable transaction. */

import {
  openDB,
  type DBSchema,
  type IDBPDatabase,
  type StoreKey,
  type StoreNames,
  type StoreValue,
} from "idb"
import type { Put } from "../core/sync/phone"
import type { Sealed } from "./sealing"

export interface Stores extends DBSchema {
  /** Non-extractable keys of the phone itself, by purpose. */
  keys: { key: string; value: CryptoKey }
  /** Signing keys of chains, wrapped for their person. */
  signers: { key: string; value: { owner: string; wrapped: Sealed } }
  people: { key: string; value: Sealed }
  /** Small facts by name, under the phone's key. */
  records: { key: string; value: Sealed }
  operations: { key: [chain: string, seq: number]; value: Sealed }
  /** Runs of operations that the county has acknowledged, by their last seq. */
  segments: { key: [chain: string, upto: number]; value: Sealed }
  /** What was pulled, page by page, under the key that people of this phone share. */
  rows: { key: [stream: string, page: number]; value: Sealed }
  shared: { key: string; value: Sealed }
  drafts: { key: [person: string, name: string]; value: Sealed }
  photos: { key: string; value: Sealed }
  chunks: { key: [sha256: string, part: number]; value: Sealed }
  /** Other phones' bundles, to be handed in. */
  carried: { key: string; value: Sealed }
}

export type StoreName = StoreNames<Stores>
export type Database = IDBPDatabase<Stores>

/** One entry a version: the stores that it brought. Entries are only ever added. */
const VERSIONS: readonly (readonly StoreName[])[] = [
  ["keys", "signers", "people", "records", "operations", "segments", "rows", "shared", "photos", "chunks"],
  ["drafts", "carried"],
]
export const VERSION = VERSIONS.length

/** No room for what was to be saved; nothing of it was. */
export class StorageFull extends Error {
  override readonly name = "StorageFull"
}

/** The database was made by a newer version of the app than this one. */
export class NewerVersion extends Error {
  override readonly name = "NewerVersion"
}

/** Open the database. `version` is another than the newest only where upgrades are tested. */
export async function openDatabase(name: string, version = VERSION): Promise<Database> {
  try {
    return await openDB<Stores>(name, version, {
      upgrade(database, old) {
        for (const stores of VERSIONS.slice(old, version))
          for (const store of stores) database.createObjectStore(store)
      },
      // A newer page wants to upgrade: let it, this one is told by its own failing.
      blocking: (_old, _new, event) => (event.target as IDBDatabase).close(),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === "VersionError")
      throw new NewerVersion("the database is newer", { cause: error })
    throw error
  }
}

/**
 * Open it while the rest of the app is still being read: only if it is there and of this version, so that nobody else who
 * has it open is disturbed. Null where that has to wait until this tab holds the phone.
 */
export async function openAhead(name: string): Promise<Database | null> {
  try {
    const there = await indexedDB.databases()
    const isCurrent = there.some((one) => one.name === name && one.version === VERSION)
    return isCurrent ? await openDatabase(name) : null
  } catch {
    // Whoever holds the phone opens it again and says what is wrong.
    return null
  }
}

/** What one step removes: a key, or everything between two. */
export interface Removal {
  readonly store: StoreName
  readonly range: IDBKeyRange
}

/** Remove, then put, in one transaction that is on the disk when this resolves. Throws StorageFull. */
export async function write(
  database: Database,
  puts: readonly Put[],
  removals: readonly Removal[] = [],
): Promise<void> {
  const stores = [...new Set([...puts, ...removals].map((one) => one.store as StoreName))]
  if (stores.length === 0) return
  const transaction = database.transaction(stores, "readwrite", { durability: "strict" })
  const asked: Promise<unknown>[] = []
  try {
    for (const { store, range } of removals) asked.push(transaction.objectStore(store).delete(range))
    for (const { store, key, value } of puts)
      asked.push(transaction.objectStore(store as StoreName).put(value as Sealed, key as string))
    await Promise.all([...asked, transaction.done])
  } catch (error) {
    await undone(transaction, asked)
    throw isFull(error) || isFull(transaction.error) ? new StorageFull("no room", { cause: error }) : error
  }
}

/** A request that failed before it was one leaves the others standing: none of them may be kept. */
async function undone(
  transaction: { abort(): void; done: Promise<void> },
  asked: readonly Promise<unknown>[],
): Promise<void> {
  try {
    transaction.abort()
  } catch {
    // It was aborted already, by what failed.
  }
  await Promise.allSettled([...asked, transaction.done])
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError"
}

/** Every entry of a store with its key. */
export async function entries<S extends StoreName>(
  database: Database,
  store: S,
  range?: IDBKeyRange,
): Promise<(readonly [StoreKey<Stores, S>, StoreValue<Stores, S>])[]> {
  const transaction = database.transaction(store, "readonly")
  const [keys, values] = await Promise.all([
    transaction.store.getAllKeys(range),
    transaction.store.getAll(range),
  ])
  return keys.flatMap((key, n) => {
    const value = values[n]
    return value === undefined ? [] : [[key, value] as const]
  })
}

/** All keys [name, …] of a store whose keys are lists. */
export function under(name: string, from = 0, upto = Infinity): IDBKeyRange {
  return IDBKeyRange.bound([name, from], [name, upto])
}
