/** What travels in an exchange, both ways (SPEC, part EX): shapes and limits only. */

import {
  anything,
  dictionary,
  flag,
  integer,
  list,
  may,
  need,
  NotOfShape,
  object,
  record,
  text,
} from "./shape"

export const PROTOCOL = 1
export const OPERATIONS_MAX = 200
export const CHAINS_MAX = 32

export interface ChainBatch {
  readonly chain: string
  readonly operations: readonly string[]
  readonly signature: string
}

export interface Exchange {
  readonly protocol: number
  readonly nonce: string
  readonly device: string
  readonly clock: { readonly wall: number; readonly mono: number; readonly session: string }
  readonly chains: readonly ChainBatch[]
  readonly cursor: { readonly epoch: string; readonly streams: Readonly<Record<string, number>> }
  readonly digests: Readonly<Record<string, string>>
  readonly unsent: { readonly operations: number; readonly photos: number }
}

export interface Mark {
  readonly seq: number
  readonly hash: string
}

export interface ChainAnswer {
  readonly chain: string
  readonly head: Mark
  readonly ack: Mark
  readonly safe: number
  readonly error: string | null
  readonly verdicts: readonly (readonly [number, string])[]
}

/** Data null: every entry of the row is an operation of the request being answered (FD-6). */
export interface Row {
  readonly seq: number
  readonly key: string
  readonly data: unknown
}

export interface Page {
  readonly stream: string
  readonly after: number
  readonly upto: number
  readonly rows: readonly Row[]
}

export interface Receipt {
  readonly id: string
  readonly key: string
  readonly alg: string
  readonly signature: string
}

export interface Answer {
  readonly nonce: string
  readonly device: string
  readonly epoch: string
  readonly time: number
  readonly receipt: Receipt
  readonly chains: readonly ChainAnswer[]
  readonly marks: Readonly<Record<string, number>>
  readonly pages: readonly Page[]
  readonly more: boolean
  readonly added: readonly string[]
  readonly dropped: readonly string[]
  readonly resets: readonly string[]
  readonly photosWanted: readonly string[]
  readonly photosHere: readonly string[]
  readonly upgrade: boolean
}

export interface Bundle {
  readonly bundle: number
  readonly made_at: number
  readonly device: string
  readonly chains: readonly ChainBatch[]
}

const any = text(Number.MAX_SAFE_INTEGER)
const count = integer(0)
const names = list(any)
const mark = record<Mark>({ seq: need(count), hash: need(any) })

const verdict = (given: unknown): readonly [number, string] => {
  const [seq, name] = list(anything)(given)
  return [count(seq), any(name)]
}

const row = (given: unknown): Row => {
  const [seq, key, data = null] = list(anything)(given)
  return { seq: count(seq), key: any(key), data }
}

const page = record<Page>({
  stream: need(any),
  after: need(count),
  upto: need(count),
  rows: may(list(row), []),
})
const receipt = record<Receipt>({ id: need(any), key: need(any), alg: need(any), signature: need(any) })
const START: Mark = { seq: 0, hash: "" }

interface RawChain {
  chain: string
  head?: Mark
  ack?: Mark
  safe?: number
  error?: string
  verdicts?: (readonly [number, string])[]
}
const rawChain = record<RawChain>({
  chain: need(any),
  head: may(mark),
  ack: may(mark),
  safe: may(count, 0),
  error: may(any),
  verdicts: may(list(verdict), []),
})

function chain(given: unknown): ChainAnswer {
  return { head: START, ack: START, safe: 0, error: null, verdicts: [], ...rawChain(given) }
}

const rawAnswer = record<{
  protocol: number
  nonce: string
  device: string
  epoch: string
  time: number
  receipt: Receipt
  chains?: ChainAnswer[]
  marks?: Record<string, number>
  pages?: Page[]
  more?: boolean
  added?: string[]
  dropped?: string[]
  resets?: string[]
  photos_wanted?: string[]
  photos_here?: string[]
  upgrade?: boolean
}>({
  protocol: need(integer()),
  nonce: need(any),
  device: need(any),
  epoch: need(any),
  time: need(integer()),
  receipt: need(receipt),
  chains: may(list(chain), []),
  marks: may(dictionary(count), {}),
  pages: may(list(page), []),
  more: may(flag, false),
  added: may(names, []),
  dropped: may(names, []),
  resets: may(names, []),
  photos_wanted: may(names, []),
  photos_here: may(names, []),
  upgrade: may(flag, false),
})

/** Throws NotOfShape where it is nobody's answer. */
export function readAnswer(given: unknown): Answer {
  const { photos_wanted: wanted, photos_here: here, ...found } = rawAnswer(object(given))
  const empty = {
    chains: [],
    marks: {},
    pages: [],
    more: false,
    added: [],
    dropped: [],
    resets: [],
    upgrade: false,
  }
  return { ...empty, ...found, photosWanted: wanted ?? [], photosHere: here ?? [] }
}

const batch = record<ChainBatch>({ chain: need(any), operations: need(list(any)), signature: need(any) })
const bundle = record<Bundle>({
  bundle: need(integer()),
  made_at: need(integer()),
  device: need(any),
  chains: need(list(batch, 1000)),
})

/** Throws NotOfShape where it is no bundle of this version. */
export function readBundle(given: unknown): Bundle {
  const found = bundle(given)
  if (found.bundle !== 1) throw new NotOfShape("a bundle of version 1")
  return found
}
