/** Pulled rows in the database: a page is added, never rewritten, until a stream has many; then it is put together. */

import type { Journal } from "../core/sync/journal"
import type { Put } from "../core/sync/phone"
import type { PhoneState, PulledRow, Rows } from "../core/sync/state"
import { entries, under, type Database, type Removal } from "./database"
import { CannotOpen, type Sealed } from "./sealing"
import { Locked, type Vault } from "./vault"

const PAGES = 16

type StoredPage = readonly [[stream: string, page: number], Sealed]

interface Pages {
  readonly count: number
  readonly next: number
}
const NONE: Pages = { count: 0, next: 0 }

export interface RowChanges {
  readonly puts: readonly Put[]
  readonly removals: readonly Removal[]
  /** To be called once they are written. */
  readonly done: () => void
}

export class RowStorage {
  private readonly database: Database
  private readonly vault: Vault
  /** Stream → its page numbers: how many there are and the next one. */
  private readonly pages = new Map<string, Pages>()

  constructor(database: Database, vault: Vault) {
    this.database = database
    this.vault = vault
  }

  /** All rows by stream; none while nobody is open. Null where they are under a key that is gone. */
  async load(): Promise<Map<string, Rows> | null> {
    const isShut = this.vault.rows === null
    const keys = isShut ? await this.database.getAllKeys("rows") : []
    const found = isShut ? [] : await entries(this.database, "rows")
    this.pages.clear()
    for (const [stream, page] of isShut ? keys : found.map(([key]) => key)) {
      const { count } = this.pages.get(stream) ?? NONE
      this.pages.set(stream, { count: count + 1, next: page + 1 })
    }
    try {
      return await this.open(found)
    } catch (error) {
      if (error instanceof CannotOpen) return null
      throw error
    }
  }

  private async open(found: readonly StoredPage[]): Promise<Map<string, Rows>> {
    const seal = this.vault.rows
    const streams = new Map<string, Rows>()
    if (!seal) return streams
    const pages = found.map(([[stream, page], value]) => seal.open(`rows/${stream}/${page}`, value))
    for (const [n, page] of (await Promise.all(pages)).entries()) {
      const [stream] = found[n]?.[0] ?? [""]
      const rows = streams.get(stream) ?? new Map<string, PulledRow>()
      for (const [key, row] of page as [string, PulledRow][]) rows.set(key, row)
      streams.set(stream, rows)
    }
    return streams
  }

  /** What a step's rows come to. */
  async changes(state: PhoneState, journal: Journal): Promise<RowChanges> {
    const removals: Removal[] = [...journal.forgotten].map((stream) => ({
      store: "rows",
      range: under(stream),
    }))
    const puts: Put[] = []
    const after = new Map<string, Pages>()
    for (const stream of journal.forgotten) after.set(stream, NONE)
    for (const [stream, changed] of journal.rows) {
      const { count, next } = after.get(stream) ?? this.pages.get(stream) ?? NONE
      const whole = count >= PAGES
      if (whole) removals.push({ store: "rows", range: under(stream) })
      puts.push(await this.page(stream, next, whole ? (state.rows.get(stream) ?? changed) : changed))
      after.set(stream, { count: whole ? 1 : count + 1, next: next + 1 })
    }
    return { puts, removals, done: () => after.forEach((pages, stream) => this.pages.set(stream, pages)) }
  }

  private async page(stream: string, page: number, rows: Rows): Promise<Put> {
    const seal = this.vault.rows
    if (!seal) throw new Locked(stream)
    return { store: "rows", key: [stream, page], value: await seal.seal(`rows/${stream}/${page}`, [...rows]) }
  }
}
