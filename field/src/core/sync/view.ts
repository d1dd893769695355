/**
 * What the phone shows: the county's rows with the own operations over them that are not in the rows yet (SPEC, PN-3).
 * Nothing here changes anything.
 */

import type { Outcome } from "./bodies"
import { streamDigest } from "./chain"
import type { Desk, Pending } from "./desk"
import { isWithheld } from "./operations"
import { counted, disagree } from "./registers"
import type { Head, Rows } from "./state"

/** A register on the screen. `counted`: the outcome of an answer that counts meanwhile. */
export interface Register {
  readonly heads: readonly Head[]
  readonly disputed: boolean
  readonly counted: Outcome | null
}

const NOTHING: Register = { heads: [], disputed: false, counted: null }

/** What an edit made on this screen names as parents (OP-5). */
export function uidsOf(shown: Register): string[] {
  return shown.heads.map((head) => head.uid)
}

/** overlay(rows, own operations not yet seen back) of one register. */
export function shown(desk: Desk, stream: string, key: string, field = ""): Register {
  const pulled = pulledHeads(desk, stream, key, field)
  const own = desk.pendingAt(stream, key).get(field) ?? []
  if (own.length === 0) return register(pulled, key)
  const heads = new Map(pulled.map((head) => [head.uid, head]))
  for (const pending of own) heads.set(pending.held.uid, headOf(desk, pending))
  const named = new Set(own.flatMap(({ held, placed }) => placed.parents.filter((uid) => uid !== held.uid)))
  const all = [...heads.values()]
  const standing = all.filter((head) => !named.has(head.uid))
  return register(standing.length > 0 ? standing : all, key)
}

function pulledHeads(desk: Desk, stream: string, key: string, field: string): readonly Head[] {
  return desk.state.rows.get(stream)?.get(key)?.fields[field] ?? []
}

/** An own operation's value as a head. */
export function headOf(desk: Desk, { chain, held, placed }: Pending): Head {
  const wall = desk.stampOf(chain, held)
  return { uid: held.uid, person: chain.person, device: desk.state.device, wall, value: placed.value }
}

function register(heads: readonly Head[], key: string): Register {
  if (heads.length === 0) return NOTHING
  const sorted = heads.length > 1 ? [...heads].sort((a, b) => (a.uid < b.uid ? -1 : 1)) : heads
  const values = sorted.map((head) => head.value)
  const counts = key.startsWith("answer/") ? counted(values) : null
  return { heads: sorted, disputed: disagree(values), counted: counts }
}

/** Every row key of a stream that begins with `prefix` and has something to show, sorted. */
export function keysShown(desk: Desk, stream: string, prefix = ""): string[] {
  const pulled = desk.state.rows.get(stream)?.keys() ?? []
  const own = desk.pendingBy().get(stream)?.keys() ?? []
  return [...new Set([...pulled, ...own])].filter((key) => key.startsWith(prefix)).sort()
}

/** All fields of a row, a finding's for one. */
export function fieldsShown(desk: Desk, stream: string, key: string): Record<string, Register> {
  const pulled = Object.keys(desk.state.rows.get(stream)?.get(key)?.fields ?? {})
  const own = desk.pendingAt(stream, key).keys()
  const names = [...new Set([...pulled, ...own])].sort()
  return Object.fromEntries(names.map((name) => [name, shown(desk, stream, key, name)]))
}

/** Own operations that the county keeps without effect: uid and verdict (PN-5). */
export function setAside(desk: Desk): [uid: string, verdict: string][] {
  const { chains, verdicts } = desk.state
  const held = chains.flatMap((chain) => chain.log.map((one) => one.uid))
  return held.flatMap((uid) => {
    const verdict = verdicts[uid]
    return verdict !== undefined && isWithheld(verdict) ? [[uid, verdict] as [string, string]] : []
  })
}

/** The digest of a pulled stream (FD-8). */
export function digestOf(desk: Desk, rows: Rows): Promise<string> {
  const lines = Array.from(rows, ([key, { seq, fields }]) => {
    const uids = Object.values(fields).flatMap((heads) => heads.map((head) => head.uid))
    return [key, seq, uids] as const
  })
  return streamDigest(desk.around.hashing, lines)
}
