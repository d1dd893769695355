/** The rescue path: own chains as the content of a file (SPEC, part BU). */

import type { Desk } from "./desk"
import type { ChainState } from "./state"
import { OPERATIONS_MAX, type Bundle, type ChainBatch } from "./wire"

/** Everything that is not safe yet, in runs that each carry their last signature. */
export function bundle(desk: Desk): Bundle {
  const [wall] = desk.around.clock.read()
  return { bundle: 1, made_at: wall, device: desk.state.device, chains: desk.state.chains.flatMap(runs) }
}

function runs(chain: ChainState): ChainBatch[] {
  const waiting = chain.log.slice(Math.max(chain.safe, chain.base) - chain.base)
  const starts = Array.from(
    { length: Math.ceil(waiting.length / OPERATIONS_MAX) },
    (_, n) => n * OPERATIONS_MAX,
  )
  return starts.map((start) => {
    const run = waiting.slice(start, start + OPERATIONS_MAX)
    const signature = run.at(-1)?.signature ?? ""
    return { chain: chain.chain, operations: run.map((held) => held.text), signature }
  })
}
