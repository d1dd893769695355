/** Writing on a chain: build the text, hash and sign it, then keep it (SPEC, parts CH and PN). */

import type { After, Bodies, Kind } from "./bodies"
import { ES256, hashOf } from "./chain"
import type { Desk } from "./desk"
import { decode, encode, OPERATION_BYTES, parse } from "./operations"
import { BrokenRule, writes } from "./routing"
import { NotOfShape, object } from "./shape"
import { last, lastHash, newChain, type ChainState, type Held } from "./state"
import { utf8 } from "./text"

const VERSION = 1
/** Re-homing writes another seq and prev into the operation; it must still fit (CH-9). */
const LONGEST = OPERATION_BYTES - 100

export type CannotWriteCode = "no_chain" | "no_key" | "invalid" | "no_dispute" | "not_the_county"

/** The edit was not saved. */
export class CannotWrite extends Error {
  override readonly name = "CannotWrite"
  readonly code: CannotWriteCode
  constructor(code: CannotWriteCode, options?: ErrorOptions) {
    super(code, options)
    this.code = code
  }
}

/** What of the envelope a kind needs beside its body. */
export interface Naming {
  readonly visit?: string
  readonly reg?: string
  readonly parents?: readonly string[]
}

/** The chain that a person's next operation goes to. */
export function currentChain(desk: Desk, person: string): ChainState {
  const found = desk.state.chains.findLast((chain) => chain.person === person && !chain.closed)
  if (!found) throw new CannotWrite("no_chain")
  return found
}

/** Id and public key of a chain to be; the private key goes by the chain's id. */
export async function newKey(desk: Desk, person: string): Promise<readonly [string, string]> {
  const name = desk.uid()
  return [name, await desk.around.keys.create(name, person)]
}

/** A new chain with its own key, and its opening at seq 1. */
export async function openChain(desk: Desk, person: string, after?: After): Promise<ChainState> {
  return beginChain(desk, person, await newKey(desk, person), after)
}

/** The same, with an id and key that exist already. */
export async function beginChain(
  desk: Desk,
  person: string,
  [name, key]: readonly [string, string],
  after?: After,
): Promise<ChainState> {
  const proved = after ? await withProof(desk, after, key) : undefined
  const chain = newChain(name, person)
  desk.state.chains.push(chain)
  const { device } = desk.state
  const opening = { chain: name, person, device, alg: ES256, key, app: desk.around.app }
  await write(desk, chain, "chain.open", { ...opening, ...(proved ? { after: proved } : {}) })
  return chain
}

/** The old key signs the new one, if this phone still has it (CH-12). */
async function withProof(desk: Desk, after: After, key: string): Promise<After> {
  const old = desk.state.chains.find((chain) => chain.chain === after.chain)
  const proof = old ? await desk.around.keys.sign(old.key, utf8(key)) : null
  return proof === null ? after : { ...after, proof }
}

/** Append one operation; its uid. Throws CannotWrite. */
export async function write<K extends Kind>(
  desk: Desk,
  chain: ChainState,
  kind: K,
  body: Bodies[K],
  naming: Naming = {},
): Promise<string> {
  const { state, around } = desk
  const anchor = state.anchor === state.namedAnchor ? {} : { anchor: state.anchor }
  const uid = desk.uid()
  const place = { seq: last(chain) + 1, prev: lastHash(chain), t: around.clock.read() }
  const text = checked(chain, desk, () =>
    encode(kind, { v: VERSION, uid, ...place, ...naming, ...anchor }, body),
  )
  if (state.anchor !== state.namedAnchor) {
    state.namedAnchor = state.anchor
    desk.journal.phone = true
  }
  await append(desk, chain, uid, text)
  return uid
}

/** The text, if the county would understand it and give it effect (OP-7, OP-9). */
function checked(chain: ChainState, desk: Desk, make: () => string): string {
  try {
    const text = make()
    const operation = decode(text)
    if (operation.kind !== null && utf8(text).length <= LONGEST) {
      writes(operation, `${chain.person}@${desk.state.device}`)
      return text
    }
  } catch (error) {
    if (!(error instanceof NotOfShape || error instanceof BrokenRule)) throw error
    throw new CannotWrite("invalid", { cause: error })
  }
  throw new CannotWrite("invalid")
}

/** Sign and put a text at the end of a chain. */
async function append(desk: Desk, chain: ChainState, uid: string, text: string): Promise<void> {
  const [signature, hash] = await Promise.all([
    desk.around.keys.sign(chain.key, utf8(text)),
    hashOf(desk.around.hashing, text),
  ])
  if (signature === null) throw new CannotWrite("no_key")
  const held = { seq: last(chain) + 1, uid, hash, text, signature }
  chain.log.push(held)
  desk.journal.appended.push({ chain, held })
  desk.journal.chains.add(chain)
  desk.laid(chain, held)
}

/** The same operation, same uid, at the end of another chain (CH-9). */
export async function rewrite(desk: Desk, chain: ChainState, held: Held): Promise<void> {
  const content = object(parse(held.text))
  const text = JSON.stringify({ ...content, seq: last(chain) + 1, prev: lastHash(chain) })
  await append(desk, chain, held.uid, text)
}
