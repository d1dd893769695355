/** What the phone may forget: only what the county has twice and the screen has back (SPEC, SF-3). */

import type { Desk } from "./desk"
import { isWithheld } from "./operations"
import type { ChainState, Held } from "./state"

/** Remove the longest prefix of every chain that may go; how many operations. */
export function prune(desk: Desk): number {
  let removed = 0
  for (const chain of desk.state.chains) {
    const stays = chain.log.findIndex((held) => !mayGo(desk, chain, held))
    const gone = chain.log.slice(0, stays === -1 ? undefined : stays)
    const newest = gone.at(-1)
    if (!newest) continue
    chain.log = chain.log.slice(gone.length)
    chain.base = newest.seq
    chain.baseHash = newest.hash
    for (const { uid } of gone) Reflect.deleteProperty(desk.state.seenAt, uid)
    desk.journal.chains.add(chain)
    removed += gone.length
  }
  if (removed > 0) desk.journal.heard = true
  return removed
}

function mayGo(desk: Desk, chain: ChainState, held: Held): boolean {
  if (held.seq > Math.min(chain.safe, chain.acked)) return false
  const streams = new Set(desk.writesOf(chain, held).map((placed) => placed.stream))
  const { dropped, verdicts } = desk.state
  const gone = [...streams].every((stream) => dropped.includes(stream))
  return gone || isWithheld(verdicts[held.uid]) || desk.seenBack(chain, held)
}
