/** The county's signature over what it acknowledged, rebuilt as plain text, one fact a line (SPEC, part RC). */

import type { Hashing } from "./surroundings"
import { utf8 } from "./text"
import type { Answer } from "./wire"

/** The exact text that the receipt signs (RC-1). */
export function statement(answer: Answer): string {
  const { receipt, device, nonce, epoch, time } = answer
  const lines = ["qianshao-receipt-1", receipt.id, device, nonce, epoch, String(time)]
  for (const { chain, ack, head, safe, error } of answer.chains)
    lines.push([chain, ack.seq, ack.hash, head.seq, head.hash, safe, error ?? "-"].join(" "))
  for (const { stream, after, upto } of answer.pages) lines.push(`${stream} ${after} ${upto}`)
  return lines.join("\n")
}

/** True if this is the county's answer to that request of that device (EX-9). */
export async function holds(
  answer: Answer,
  asked: { readonly nonce: string; readonly device: string },
  keys: Readonly<Record<string, string>>,
  hashing: Hashing,
): Promise<boolean> {
  if (answer.nonce !== asked.nonce || answer.device !== asked.device) return false
  const key = Object.hasOwn(keys, answer.receipt.key) ? keys[answer.receipt.key] : undefined
  if (key === undefined) return false
  return hashing.verify(answer.receipt.alg, key, utf8(statement(answer)), answer.receipt.signature)
}
