/** One exchange after another until nothing is left to send or to pull. */

import { encodeRequest, request, unsent } from "../core/sync/outbox"
import type { Phone } from "../core/sync/phone"
import { utf8 } from "../core/sync/text"
import type { Answer } from "../core/sync/wire"
import { StorageFull } from "../storage/database"
import { gzip } from "./compression"
import type { County, Failed } from "./county"

export interface Heard {
  readonly answer: Answer
  /** The phone may deliver and pulls nothing: withdrawn, or not confirmed yet. */
  readonly isShutOut: boolean
}

/** No phone needs so many for one round; the next begins where this ended. */
const MOST = 200
const HEADERS = { "Content-Type": "application/json", "Content-Encoding": "gzip" }

/** `told` hears of every answer of the county. Null when at rest, else why it is not. */
export async function exchangeAll(
  phone: Phone,
  county: County,
  told: (heard: Heard) => Promise<void>,
): Promise<Failed | null> {
  for (let turn = 0; turn < MOST; turn++) {
    const before = position(phone)
    const outcome = await exchangeOnce(phone, county)
    if ("trouble" in outcome) {
      if (outcome.trouble !== "too_large" || phone.desk.batch === 1) return outcome
      phone.tooLarge()
      continue
    }
    const isShutOut = Object.keys(outcome.marks).length === 0
    await told({ answer: outcome, isShutOut })
    const left = outcome.more || unsent(phone.desk) > 0
    if (!left || isStuck(before, position(phone))) return null
  }
  return null
}

async function exchangeOnce(phone: Phone, county: County): Promise<Answer | Failed> {
  const body = await gzip(utf8(encodeRequest(await phone.look(request))))
  const got = await county.ask({ method: "POST", path: "/api/v1/sync/exchange", headers: HEADERS, body })
  if (!got.ok) return got
  try {
    return (await phone.receive(got.reply.text)) ?? { trouble: "portal", after: null }
  } catch (error) {
    if (error instanceof StorageFull) return { trouble: "full", after: null }
    throw error
  }
}

/** Everything that an exchange can move. */
function position({ desk }: Phone): string {
  const { epoch, cursor, chains } = desk.state
  return JSON.stringify([epoch, cursor, chains.map((chain) => [chain.chain, chain.acked, chain.log.length])])
}

/** An answer that moved nothing: asking again at once would not either. */
function isStuck(before: string, after: string): boolean {
  return before === after
}
