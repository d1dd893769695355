/**
 * Take in the county's answer to the request in flight (SPEC, parts EX, FD and PN). An answer that does not verify is
 * no answer and changes nothing.
 */

import type { Desk, InFlight } from "./desk"
import { parse } from "./operations"
import { holds } from "./receipts"
import { rehome } from "./rehoming"
import { NotOfShape } from "./shape"
import { hashAt, last, type ChainState } from "./state"
import { applyPages, forget } from "./pages"
import { readAnswer, type Answer, type ChainAnswer } from "./wire"

/** The answer in `body` if it is the county's to the request in flight (EX-9), else null. */
export async function read(desk: Desk, body: string): Promise<Answer | null> {
  const { inFlight, state } = desk
  if (inFlight === null) return null
  try {
    const answer = readAnswer(parse(body))
    const asked = { nonce: inFlight.nonce, device: state.device }
    return (await holds(answer, asked, state.serverKeys, desk.around.hashing)) ? answer : null
  } catch (error) {
    if (error instanceof NotOfShape || error instanceof RangeError) return null
    throw error
  }
}

/** Apply a verified answer: epoch, acknowledgements, rows, scope; then re-home what must be. */
export async function take(desk: Desk, answer: Answer): Promise<void> {
  const flying = desk.inFlight
  if (flying === null) return
  desk.inFlight = null
  const { state, journal } = desk
  if (answer.epoch !== state.epoch) newEpoch(desk, answer.epoch)
  for (const part of answer.chains) takeChain(desk, part, flying)
  desk.stale()
  takeScope(desk, answer)
  expectBack(desk, answer.marks)
  applyPages(desk, answer.pages, flying)
  if (state.anchor !== answer.receipt.id) {
    state.anchor = answer.receipt.id
    journal.phone = true
  }
  state.wanted = [...answer.photosWanted]
  journal.heard = true
  desk.stale()
  await leaveBroken(desk)
}

/** Leave every chain that can no longer be continued and whose person's keys are at hand. */
export async function leaveBroken(desk: Desk): Promise<void> {
  for (const chain of desk.state.chains.filter((one) => one.broken !== ""))
    if (desk.around.keys.isOpen(chain.person)) await rehome(desk, chain)
}

/** The county came back from a backup: forget what was pulled, offer everything again (EP-2). */
function newEpoch(desk: Desk, epoch: string): void {
  const { state, journal } = desk
  if (state.epoch) {
    for (const chain of state.chains) {
      chain.acked = chain.base
      chain.safe = Math.min(chain.safe, chain.base)
      journal.chains.add(chain)
    }
    for (const stream of new Set([...state.rows.keys(), ...Object.keys(state.cursor)])) forget(desk, stream)
    state.seenAt = {}
  }
  state.epoch = epoch
  journal.phone = true
}

/** Advance on what carries our own hash, and mark a chain that must be left (EX-7, SF-2). */
function takeChain(desk: Desk, part: ChainAnswer, flying: InFlight): void {
  const chain = desk.state.chains.find((one) => one.chain === part.chain)
  if (!chain) return
  takeVerdicts(desk, chain, part, flying)
  if (part.ack.seq > chain.acked && hashAt(chain, part.ack.seq) === part.ack.hash) chain.acked = part.ack.seq
  const ours = hashAt(chain, part.head.seq) === part.head.hash
  if (ours) chain.safe = Math.max(chain.safe, Math.min(part.safe, part.head.seq))
  if (!chain.broken) chain.broken = whyBroken(chain, part, ours)
  desk.journal.chains.add(chain)
}

/** What was sent has the verdict that this answer says; what was not keeps the one it got, in a new epoch too. */
function takeVerdicts(desk: Desk, chain: ChainState, part: ChainAnswer, flying: InFlight): void {
  const { verdicts } = desk.state
  const [first] = flying.sent.get(chain.chain) ?? [part.ack.seq + 1]
  const sent = chain.log.slice(Math.max(first - chain.base - 1, 0), Math.max(part.ack.seq - chain.base, 0))
  for (const { uid } of sent) Reflect.deleteProperty(verdicts, uid)
  for (const [seq, verdict] of part.verdicts) {
    const held = seq <= part.ack.seq ? chain.log[seq - chain.base - 1] : undefined
    if (held) verdicts[held.uid] = verdict
  }
}

function whyBroken(chain: ChainState, part: ChainAnswer, ours: boolean): string {
  if (part.error === "gap") {
    if (part.head.seq < chain.base) return "restore"
    chain.acked = Math.min(chain.acked, part.head.seq)
  }
  if (part.error !== null && ["fork", "closed", "signature", "malformed"].includes(part.error))
    return part.error
  return part.head.seq >= chain.base && !ours && part.head.seq > 0 ? "fork" : ""
}

/**
 * What is acknowledged by now is in the rows once the cursors reach these marks (FD-7). Marks not reached are replaced
 * by later ones: meanwhile the row may have moved beyond them.
 */
function expectBack(desk: Desk, marks: Readonly<Record<string, number>>): void {
  const { chains, seenAt } = desk.state
  for (const chain of chains)
    for (const held of chain.log) {
      if (held.seq > Math.min(chain.acked, last(chain)) || desk.seenBack(chain, held)) continue
      const streams = [...new Set(desk.writesOf(chain, held).map((placed) => placed.stream))]
      if (streams.every((stream) => Object.hasOwn(marks, stream)))
        seenAt[held.uid] = Object.fromEntries(streams.map((stream) => [stream, marks[stream] ?? 0]))
    }
}

/** Streams that appear start at 0; what disappears takes others' rows, never own work (SC-2). */
function takeScope(desk: Desk, { resets, added, dropped }: Answer): void {
  const { state } = desk
  for (const stream of [...resets, ...added, ...dropped]) forget(desk, stream)
  for (const stream of [...resets, ...added]) state.cursor[stream] = 0
  const kept = state.dropped.filter((stream) => !added.includes(stream))
  state.dropped = [...kept, ...dropped.filter((stream) => !kept.includes(stream))]
  if (added.length + dropped.length > 0) desk.journal.phone = true
}
