/**
 * The phone's state in its database: only what a step touched is written, in one transaction. Encryption comes first,
 * because a transaction does not wait for it.
 */

import type { Journal } from "../core/sync/journal"
import type { Put, Storage } from "../core/sync/phone"
import { last, newState, type ChainState, type Held, type Made, type PhoneState } from "../core/sync/state"
import { entries, under, write, type Database, type Removal } from "./database"
import { RowStorage } from "./rowStorage"
import type { Vault } from "./vault"

type Phone = Pick<
  PhoneState,
  | "device"
  | "deviceKey"
  | "expects"
  | "epoch"
  | "anchor"
  | "namedAnchor"
  | "serverKeys"
  | "mines"
  | "findings"
  | "dropped"
>
type Heard = Pick<PhoneState, "cursor" | "seenAt" | "verdicts" | "wanted">
type ChainRecord = Omit<ChainState, "log"> & { readonly last: number; readonly order: number }

/** So many acknowledged operations lie apart before they are put together. */
const PACK = 16

export class PhoneStorage implements Storage {
  private readonly database: Database
  private readonly vault: Vault
  private readonly rows: RowStorage
  /** Chain → seqs of the operations that have a record of their own. */
  private readonly loose = new Map<string, Set<number>>()

  /** Chain → up to where its segments are gone. */
  private readonly prunedTo = new Map<string, number>()

  constructor(database: Database, vault: Vault) {
    this.database = database
    this.vault = vault
    this.rows = new RowStorage(database, vault)
  }

  async load(): Promise<PhoneState | null> {
    const [phone, heard, chains, made, rows, carried] = await Promise.all([
      this.record("phone") as Promise<Phone | null>,
      this.record("heard") as Promise<Heard | null>,
      this.loadChains(),
      this.under<Made>("made/"),
      this.rows.load(),
      this.database.getAllKeys("carried"),
    ])
    if (!phone) return null
    const state = { ...newState(), ...phone, ...heard, chains, made: Object.fromEntries(made), carried }
    return rows ? { ...state, rows } : this.pullAnew(state)
  }

  /** The key of the rows went with a PIN that was set anew: the county has them still, own work is elsewhere. */
  private async pullAnew(state: PhoneState): Promise<PhoneState> {
    const fresh = { ...state, cursor: {} }
    const everything = { store: "rows", range: IDBKeyRange.lowerBound(-Infinity) } as const
    await write(this.database, [await this.small("heard", heardOf(fresh))], [everything])
    await this.rows.load()
    return fresh
  }

  async save(state: PhoneState, journal: Journal, beside: readonly Put[] = []): Promise<void> {
    const removals: Removal[] = []
    const puts = await Promise.all([
      ...journal.appended.map(({ chain, held }) => this.operation(chain, held)),
      ...Array.from(journal.chains, (chain) => this.chain(chain, state.chains.indexOf(chain))),
      ...Array.from(journal.made, (key) => this.small(`made/${key}`, state.made[key])),
      ...(journal.phone ? [this.small("phone", phoneOf(state))] : []),
      ...(journal.heard ? [this.small("heard", heardOf(state))] : []),
    ])
    for (const chain of journal.chains) puts.push(...(await this.pack(chain, removals)))
    const rows = await this.rows.changes(state, journal)
    await write(this.database, [...puts, ...rows.puts, ...beside], [...removals, ...rows.removals])
    this.note(journal)
    rows.done()
  }

  private note(journal: Journal): void {
    for (const { chain, held } of journal.appended) this.looseOf(chain.chain).add(held.seq)
    for (const chain of journal.chains) {
      this.prunedTo.set(chain.chain, chain.base)
      const loose = this.looseOf(chain.chain)
      const packed = packable(chain, loose)
      for (const seq of loose)
        if (seq > last(chain) || seq <= chain.base || packed.includes(seq)) loose.delete(seq)
    }
  }

  /** Acknowledged operations of a chain become one record; what was pruned or moved away is removed. */
  private async pack(chain: ChainState, removals: Removal[]): Promise<Put[]> {
    const { chain: name, base } = chain
    const loose = this.looseOf(name)
    if (base > (this.prunedTo.get(name) ?? 0))
      removals.push({ store: "segments", range: under(name, 0, base) })
    for (const seq of loose)
      if (seq <= base || seq > last(chain))
        removals.push({ store: "operations", range: IDBKeyRange.only([name, seq]) })
    const seqs = packable(chain, loose)
    const upto = seqs.at(-1)
    if (upto === undefined) return []
    for (const seq of seqs) removals.push({ store: "operations", range: IDBKeyRange.only([name, seq]) })
    const run = seqs.flatMap((seq) => chain.log[seq - base - 1] ?? [])
    const value = await this.vault.phone.seal(`segments/${name}/${upto}`, run)
    return [{ store: "segments", key: [name, upto], value }]
  }

  private async operation(chain: ChainState, held: Held): Promise<Put> {
    const label = `operations/${chain.chain}/${held.seq}`
    return {
      store: "operations",
      key: [chain.chain, held.seq],
      value: await this.vault.phone.seal(label, held),
    }
  }

  private chain(chain: ChainState, order: number): Promise<Put> {
    const { log, ...rest } = chain
    const record: ChainRecord = { ...rest, last: chain.base + log.length, order }
    return this.small(`chain/${chain.chain}`, record)
  }

  private async small(name: string, content: unknown): Promise<Put> {
    return { store: "records", key: name, value: await this.vault.phone.seal(name, content) }
  }

  private async record(name: string): Promise<unknown> {
    const sealed = await this.database.get("records", name)
    return sealed ? this.vault.phone.open(name, sealed) : null
  }

  /** Small facts whose names begin with `prefix`, without it. */
  private async under<T>(prefix: string): Promise<[string, T][]> {
    const found = await entries(this.database, "records", IDBKeyRange.bound(prefix, `${prefix}\uffff`))
    return Promise.all(
      found.map(async ([name, sealed]): Promise<[string, T]> => {
        return [name.slice(prefix.length), (await this.vault.phone.open(name, sealed)) as T]
      }),
    )
  }

  private async loadChains(): Promise<ChainState[]> {
    const [records, logs] = await Promise.all([this.under<ChainRecord>("chain/"), this.loadLogs()])
    const chains = records.map(([, record]) => record).sort((a, b) => a.order - b.order)
    return chains.map((record) => chainOf(record, logs.get(record.chain) ?? new Map<number, Held>()))
  }

  /** chain → seq → operation. One that lies apart counts before one in a segment: it was written later. */
  private async loadLogs(): Promise<Map<string, Map<number, Held>>> {
    const [segments, operations] = await Promise.all([
      entries(this.database, "segments"),
      entries(this.database, "operations"),
    ])
    const logs = new Map<string, Map<number, Held>>()
    const put = (chain: string, held: Held): void => {
      const log = logs.get(chain) ?? new Map<number, Held>()
      logs.set(chain, log.set(held.seq, held))
    }
    const { phone } = this.vault
    const runs = segments.map(([[chain, upto], sealed]) => phone.open(`segments/${chain}/${upto}`, sealed))
    const loose = operations.map(([[chain, seq], sealed]) => phone.open(`operations/${chain}/${seq}`, sealed))
    for (const [n, run] of (await Promise.all(runs)).entries())
      for (const held of run as Held[]) put(segments[n]?.[0][0] ?? "", held)
    this.loose.clear()
    for (const [n, held] of (await Promise.all(loose)).entries()) {
      const [chain, seq] = operations[n]?.[0] ?? ["", 0]
      put(chain, held as Held)
      this.looseOf(chain).add(seq)
    }
    return logs
  }

  private looseOf(chain: string): Set<number> {
    const found = this.loose.get(chain) ?? new Set<number>()
    this.loose.set(chain, found)
    return found
  }
}

/** A chain with its log. What lies beyond its end was moved to another chain. */
function chainOf(record: ChainRecord, held: ReadonlyMap<number, Held>): ChainState {
  const { chain, person, alg, key, base, baseHash, acked, safe, closed, broken } = record
  const log = Array.from({ length: record.last - base }, (_, n) => held.get(base + n + 1))
  const whole = log.filter((one) => one !== undefined)
  if (whole.length < log.length) throw new Error(`chain ${chain} has a hole`)
  return { chain, person, alg, key, base, baseHash, acked, safe, closed, broken, log: whole }
}

/** Loose and acknowledged seqs in one run, if there are enough of them to be worth a record. */
function packable(chain: ChainState, loose: ReadonlySet<number>): number[] {
  const found = [...loose].filter((seq) => seq > chain.base && seq <= Math.min(chain.acked, last(chain)))
  return found.length < PACK ? [] : found.sort((a, b) => a - b)
}

function phoneOf(state: PhoneState): Phone {
  const { device, deviceKey, expects, epoch, anchor, namedAnchor, serverKeys, mines, findings, dropped } =
    state
  return { device, deviceKey, expects, epoch, anchor, namedAnchor, serverKeys, mines, findings, dropped }
}

function heardOf({ cursor, seenAt, verdicts, wanted }: PhoneState): Heard {
  return { cursor, seenAt, verdicts, wanted }
}
