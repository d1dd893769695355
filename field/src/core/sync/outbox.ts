/** What is to be sent, and the next request (SPEC, parts EX and PN). */

import type { Desk } from "./desk"
import { last, sentTo, unsentOf, type ChainState, type Held } from "./state"
import { utf8 } from "./text"
import { digestOf } from "./view"
import { CHAINS_MAX, PROTOCOL, type ChainBatch, type Exchange } from "./wire"

const BYTES = 700 * 1024

/** Operations that the county has not acknowledged. */
export function unsent(desk: Desk): number {
  return desk.state.chains.reduce((sum, chain) => sum + last(chain) - sentTo(chain), 0)
}

/** The next exchange; it becomes the one in flight, an earlier one can no longer be answered. */
export async function request(desk: Desk): Promise<Exchange> {
  const chains: ChainBatch[] = []
  const sent = new Map<string, readonly [number, number]>()
  const room = { operations: desk.batch, bytes: BYTES }
  for (const chain of waiting(desk.state.chains).slice(0, CHAINS_MAX)) {
    const taken = take(chain, room)
    chains.push({
      chain: chain.chain,
      operations: taken.map((held) => held.text),
      signature: taken.at(-1)?.signature ?? "",
    })
    if (taken.length > 0) sent.set(chain.chain, [sentTo(chain) + 1, sentTo(chain) + taken.length])
  }
  const nonce = desk.uid()
  desk.inFlight = { nonce, sent }
  const [wall, mono, session] = desk.around.clock.read()
  const { epoch, cursor, device, wanted } = desk.state
  return {
    protocol: PROTOCOL,
    nonce,
    device,
    clock: { wall, mono, session },
    chains,
    cursor: { epoch, streams: { ...cursor } },
    digests: sent.size > 0 ? {} : await digests(desk),
    unsent: { operations: unsent(desk), photos: desk.photosWaiting ?? wanted.length },
  }
}

/** The text of a request; what is empty is left out. */
export function encodeRequest({ digests, unsent, ...rest }: Exchange): string {
  const told = Object.fromEntries(Object.entries(unsent).filter(([, count]) => count > 0))
  const claimed = Object.keys(digests).length > 0 ? { digests } : {}
  return JSON.stringify({ ...rest, ...claimed, unsent: told })
}

/** Chains with something to send first; then those held, to hear where they stand and are safe (EX-6). */
function waiting(chains: readonly ChainState[]): ChainState[] {
  const sending = chains.filter((chain) => chain.broken === "" && last(chain) > sentTo(chain))
  return [...sending, ...chains.filter((chain) => chain.log.length > 0 && !sending.includes(chain))]
}

/** A run of a chain that fits; a chain that must be left sends nothing more. */
function take(chain: ChainState, room: { operations: number; bytes: number }): Held[] {
  const taken: Held[] = []
  if (chain.broken !== "") return taken
  for (const held of unsentOf(chain)) {
    room.bytes -= utf8(held.text).length
    if (taken.length >= room.operations || room.bytes < 0) break
    taken.push(held)
  }
  room.operations -= taken.length
  return taken
}

/** What this phone holds of each visit's stream, for the county to compare (FD-8); nothing while it cannot read it. */
async function digests(desk: Desk): Promise<Record<string, string>> {
  if (!desk.rowsAreOpen) return {}
  const found: Record<string, string> = {}
  for (const [stream, rows] of desk.state.rows)
    if (stream.startsWith("visit:")) found[stream] = await digestOf(desk, rows)
  return found
}
