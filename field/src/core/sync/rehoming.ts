/**
 * When a chain can no longer be continued: a new chain, the same operations (SPEC, CH-8 to CH-10). Old chains stay
 * until the county says safe: they may be needed once more.
 */

import type { After } from "./bodies"
import { ES256 } from "./chain"
import type { Desk } from "./desk"
import { decode } from "./operations"
import * as pen from "./pen"
import { last, lastHash, unsentOf, sentTo, type ChainState } from "./state"

/** Move what the county has not acknowledged of a broken chain to the end of the person's living chain. */
export async function rehome(desk: Desk, chain: ChainState): Promise<void> {
  const rest = unsentOf(chain)
  const why = chain.broken
  chain.log = chain.log.slice(0, sentTo(chain) - chain.base)
  chain.closed = true
  chain.broken = ""
  desk.journal.chains.add(chain)
  desk.stale()
  const target = await living(desk, chain, why)
  for (const held of rest) {
    const { kind } = decode(held.text)
    if (kind !== "chain.open" && kind !== "chain.rotate") await pen.rewrite(desk, target, held)
  }
}

/** A new key for a person: the old chain names and signs the next one, and ends (CH-11, CH-12). */
export async function rotate(desk: Desk, person: string): Promise<void> {
  const old = pen.currentChain(desk, person)
  const named = await pen.newKey(desk, person)
  await pen.write(desk, old, "chain.rotate", { next: named[0], alg: ES256, key: named[1] })
  old.closed = true
  const after: After = { chain: old.chain, seq: last(old), hash: lastHash(old), why: "rotation" }
  await pen.beginChain(desk, person, named, after)
}

async function living(desk: Desk, chain: ChainState, why: string): Promise<ChainState> {
  const other = desk.state.chains.findLast((one) => one.person === chain.person && !one.closed)
  if (other) return other
  const reason = why === "fork" ? "fork" : "restore"
  const after: After = { chain: chain.chain, seq: last(chain), hash: lastHash(chain), why: reason }
  return pen.openChain(desk, chain.person, after)
}
