/** What a phone keeps, as plain values that storage can write and read back (SPEC, part PN). */

/** An operation as written: its exact text, and the signature made before it was saved. */
export interface Held {
  readonly seq: number
  readonly uid: string
  readonly hash: string
  readonly text: string
  readonly signature: string
}

/**
 * One chain of one person. Operations up to `base` were pruned; `key` names the private key. `acked`: stored by the
 * county with our hash; `safe`: also in a second copy there. `broken`: why it must be left as soon as its person's
 * keys are at hand.
 */
export interface ChainState {
  readonly chain: string
  readonly person: string
  readonly alg: string
  readonly key: string
  log: Held[]
  base: number
  baseHash: string
  acked: number
  safe: number
  closed: boolean
  broken: string
}

/** How many operations of each sort a person has made in a visit, as `visit.done` says it. */
export interface Made {
  readonly answers: number
  readonly findings: number
  readonly photos: number
}

/** A value that stands in a register, as pulled or as written here. */
export interface Head {
  readonly uid: string
  readonly person: string
  readonly device: string
  readonly wall: number
  readonly value: unknown
}

/** A row of the county's copy: heads by field ("" for a visit's register), or other facts. */
export interface PulledRow {
  readonly seq: number
  readonly fields: Readonly<Record<string, readonly Head[]>>
  readonly other?: unknown
}

export type Rows = Map<string, PulledRow>

/**
 * Everything a phone stores. `expects`: the fingerprint of the county's key, from the enrolment code. `seenAt[uid]`:
 * stream → seq at which an acknowledged operation is known to be in the rows. `verdicts[uid]`: what the county said,
 * other than applied. `mines[visit]`, `findings[id]`: the mine of each. `made["<visit> <person>"]`: how many operations
 * of each sort were saved.
 */
export interface PhoneState {
  device: string
  deviceKey: string
  expects: string
  epoch: string
  anchor: string
  namedAnchor: string
  serverKeys: Record<string, string>
  chains: ChainState[]
  cursor: Record<string, number>
  rows: Map<string, Rows>
  seenAt: Record<string, Record<string, number>>
  verdicts: Record<string, string>
  mines: Record<string, string>
  findings: Record<string, string>
  made: Record<string, Made>
  wanted: string[]
  dropped: string[]
  carried: string[]
}

export function newState(): PhoneState {
  return {
    device: "",
    deviceKey: "",
    expects: "",
    epoch: "",
    anchor: "",
    namedAnchor: "",
    serverKeys: {},
    chains: [],
    cursor: {},
    rows: new Map(),
    seenAt: {},
    verdicts: {},
    mines: {},
    findings: {},
    made: {},
    wanted: [],
    dropped: [],
    carried: [],
  }
}

export function newChain(chain: string, person: string): ChainState {
  const begun = { log: [], base: 0, baseHash: "", acked: 0, safe: 0, closed: false, broken: "" }
  return { chain, person, alg: "ES256", key: chain, ...begun }
}

/** The seq of the newest operation. */
export function last(chain: ChainState): number {
  return chain.base + chain.log.length
}

export function lastHash(chain: ChainState): string {
  return chain.log.at(-1)?.hash ?? chain.baseHash
}

/** The hash of operation `seq`, null if this phone no longer or never held it. */
export function hashAt(chain: ChainState, seq: number): string | null {
  if (seq === chain.base) return chain.baseHash
  return seq > chain.base ? (chain.log[seq - chain.base - 1]?.hash ?? null) : null
}

/** Up to where nothing has to be sent any more. */
export function sentTo(chain: ChainState): number {
  return Math.max(chain.acked, chain.base)
}

/** What the county has not acknowledged. */
export function unsentOf(chain: ChainState): Held[] {
  return chain.log.slice(sentTo(chain) - chain.base)
}
