/** What every step of the phone works on: the state in memory, what was handed in, and what the step touched. */

import { type Journal, newJournal } from "./journal"
import { decode, isWithheld } from "./operations"
import { BrokenRule, VISIT, writes } from "./routing"
import type { ChainState, Held, PhoneState } from "./state"
import type { Surroundings } from "./surroundings"
import { base64url } from "./text"

/** The one request that may be answered. `sent`: chain → first and last seq sent. */
export interface InFlight {
  readonly nonce: string
  readonly sent: ReadonlyMap<string, readonly [number, number]>
}

/** Where an own operation writes: stream, row key, field ("" if none), parents, value. */
export interface Placed {
  readonly stream: string
  readonly key: string
  readonly field: string
  readonly parents: readonly string[]
  readonly value: unknown
}

/** An own operation that the rows do not show yet, at one of the places it writes. */
export interface Pending {
  readonly chain: ChainState
  readonly held: Held
  readonly placed: Placed
}

type Fields = Map<string, Pending[]>
const NONE: ReadonlyMap<string, readonly Pending[]> = new Map()

export class Desk {
  state: PhoneState
  readonly around: Surroundings
  inFlight: InFlight | null = null
  /** How many operations a request carries at most; halved when the county says 413. */
  batch = 200
  /** False while nobody's work is open: then rows can neither be read nor kept, and pages are left for later. */
  rowsAreOpen = true
  /** Photos whose bytes the county has not, so that it can tell others; null where only the core knows. */
  photosWaiting: number | null = null
  journal: Journal = newJournal()
  private readonly reads = new Map<string, { placed: Placed[]; wall: number }>()
  private overlay: Map<string, Map<string, Fields>> | null = null

  constructor(state: PhoneState, around: Surroundings) {
    this.state = state
    this.around = around
  }

  /** 128 fresh random bits; no time is built into an id, the clock may be wrong (OP-3). */
  uid(): string {
    return base64url(this.around.randomness(16))
  }

  /** Forget everything derived, because the state was replaced. */
  replace(state: PhoneState): void {
    this.state = state
    this.reads.clear()
    this.overlay = null
    this.journal = newJournal()
  }

  /** The overlay is built anew at the next look: cursors, verdicts or logs have changed. */
  stale(): void {
    this.overlay = null
  }

  /** Where an own operation writes, read from its text as the county reads it. */
  writesOf(chain: ChainState, held: Held): readonly Placed[] {
    return this.read(chain, held).placed
  }

  /** The wall ms at which an own operation was saved. */
  stampOf(chain: ChainState, held: Held): number {
    return this.read(chain, held).wall
  }

  /** A new operation is shown without building the overlay anew. */
  laid(chain: ChainState, held: Held): void {
    if (this.overlay) this.lay(this.overlay, chain, held)
  }

  /** stream → row key → field → pending operations, in the order of the chains. */
  pendingBy(): ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, readonly Pending[]>>> {
    if (this.overlay) return this.overlay
    const overlay = new Map<string, Map<string, Fields>>()
    for (const chain of this.state.chains)
      for (const held of chain.log) if (this.isPending(chain, held)) this.lay(overlay, chain, held)
    this.overlay = overlay
    return overlay
  }

  /** field → pending operations of one row. */
  pendingAt(stream: string, key: string): ReadonlyMap<string, readonly Pending[]> {
    return this.pendingBy().get(stream)?.get(key) ?? NONE
  }

  /** True once the pulled rows hold what this operation did (FD-7). */
  seenBack(chain: ChainState, held: Held): boolean {
    if (held.seq > chain.acked) return false
    const marks = this.state.seenAt[held.uid]
    if (marks === undefined) return false
    const { cursor } = this.state
    return Object.entries(marks).every(([stream, seq]) => (cursor[stream] ?? -1) >= seq)
  }

  /** The rows do not show it yet, and the county did not set it aside. */
  isPending(chain: ChainState, held: Held): boolean {
    return !isWithheld(this.state.verdicts[held.uid]) && !this.seenBack(chain, held)
  }

  private lay(overlay: Map<string, Map<string, Fields>>, chain: ChainState, held: Held): void {
    for (const placed of this.writesOf(chain, held)) {
      const keys = getOrMake(overlay, placed.stream, () => new Map<string, Fields>())
      const fields = getOrMake(keys, placed.key, () => new Map<string, Pending[]>())
      getOrMake(fields, placed.field, (): Pending[] => []).push({ chain, held, placed })
    }
  }

  private read(chain: ChainState, held: Held): { placed: Placed[]; wall: number } {
    const known = this.reads.get(held.uid)
    if (known) return known
    const operation = decode(held.text)
    if (operation.kind === null) return { placed: [], wall: 0 }
    const [wall] = operation.t
    try {
      const found = writes(operation, `${chain.person}@${this.state.device}`)
      const placed = found.map(({ sheet, key, parents, value }) => ({
        ...this.home(operation.visit, sheet, key),
        parents,
        value,
      }))
      if (placed.every((place) => place.stream !== "mine:")) this.reads.set(held.uid, { placed, wall })
      return { placed, wall }
    } catch (error) {
      if (!(error instanceof BrokenRule)) throw error
      return { placed: [], wall }
    }
  }

  private home(
    visit: string | undefined,
    sheet: string,
    key: string,
  ): { stream: string; key: string; field: string } {
    if (sheet === VISIT) return { stream: `visit:${visit ?? ""}`, key, field: "" }
    const mine = this.state.mines[visit ?? ""] ?? this.state.findings[sheet] ?? ""
    return { stream: `mine:${mine}`, key: `finding/${sheet}`, field: key }
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}
