/**
 * Operations as exact texts: what a phone signs (SPEC, part OP). Decoding is validating, with the server's limits;
 * nothing here judges what an operation means.
 */

import type { Bodies, Kind } from "./bodies"
import { BODIES } from "./limits"
import { integer, list, may, need, NotOfShape, object, record, text, type Read } from "./shape"
import type { Reading } from "./surroundings"
import { utf8 } from "./text"

export const OPERATION_BYTES = 32 * 1024

interface Envelope {
  readonly v: number
  readonly uid: string
  readonly seq: number
  readonly prev: string
  readonly t: Reading
  readonly visit?: string
  readonly reg?: string
  readonly parents?: readonly string[]
  readonly anchor?: string
}

export type Operation = {
  readonly [K in Kind]: Envelope & { readonly kind: K; readonly body: Bodies[K] }
}[Kind]

/** Content kept but without effect in this version (OP-6). */
export interface Opaque {
  readonly kind: null
  readonly uid: string
  readonly seq: number
}

const uid = text(22, 22, /^[A-Za-z0-9_-]{21}[AQgw]$/)
const visit = text(26, 26, /^[a-z2-7]{26}$/)

const stamp: Read<Reading> = (given) => {
  const [wall, mono, session, ...more] = list((one) => one)(given)
  if (more.length > 0) throw new NotOfShape("a stamp")
  return [integer()(wall), integer()(mono), text(40)(session)]
}

const envelope = record<Envelope>({
  v: need(integer(1, 1000)),
  uid: need(uid),
  seq: need(integer(1)),
  prev: need(text(43)),
  t: need(stamp),
  visit: may(visit),
  reg: may(text(200)),
  parents: may(list(uid, 64), []),
  anchor: may(text(64)),
})
const opaque = record<{ uid: string; seq: number }>({ uid: need(uid), seq: need(integer(1)) })

function isKind(name: unknown): name is Kind {
  return typeof name === "string" && Object.hasOwn(BODIES, name)
}

/** Decode exact text. Throws NotOfShape where it is no operation at all (OP-2). */
export function decode(content: string): Operation | Opaque {
  if (utf8(content).length > OPERATION_BYTES) throw new NotOfShape("an operation of 32 KiB")
  const source = object(parse(content))
  const { kind, body } = source
  try {
    if (!isKind(kind)) throw new NotOfShape("a known kind")
    return { kind, ...envelope(source), body: BODIES[kind](body) } as Operation
  } catch (error) {
    if (!(error instanceof NotOfShape)) throw error
    return { kind: null, ...opaque(source) }
  }
}

/** The text of an operation: the kind first, then the envelope, the body last; what is absent is left out. */
export function encode<K extends Kind>(kind: K, head: Envelope, body: Bodies[K]): string {
  return JSON.stringify({ kind, ...envelope(head), body: BODIES[kind](body) })
}

export function parse(content: string): unknown {
  try {
    return JSON.parse(content) as unknown
  } catch {
    throw new NotOfShape("JSON")
  }
}

const WITHHELD = new Set(["late", "no_scope", "parked", "revoked", "quarantined"])

/** True for the verdicts under which the county keeps an operation without effect (VD-3). */
export function isWithheld(verdict: string | undefined): boolean {
  return verdict !== undefined && WITHHELD.has(verdict)
}
