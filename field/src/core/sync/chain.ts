/** Hashes and derived ids over exact bytes, with the algorithm named (SPEC, parts CH, VS and EN). */

import type { VisitIdentity } from "./bodies"
import type { Hashing } from "./surroundings"
import { base32, base64url, fromBase64url, hex, utf8 } from "./text"

export const ES256 = "ES256"

/** The ES256 hash of an operation's text: 43 characters of base64url (CH-1). */
export async function hashOf(hashing: Hashing, content: string): Promise<string> {
  return base64url(await hashing.sha256(utf8(content)))
}

/** The derived id of a visit (VS-1): phones that open the same visit apart open one. */
export async function visitId(hashing: Hashing, identity: VisitIdentity): Promise<string> {
  const { team, mine, kind, date, ordinal } = identity
  const line = ["visit", team, mine, kind, date, String(ordinal)].join("|")
  return base32(await hashing.sha256(utf8(line)), 26)
}

/** The id of the phone that holds `key` (EN-3): 128 bits of the hash of its SubjectPublicKeyInfo. */
export async function deviceId(hashing: Hashing, key: string): Promise<string> {
  return base64url((await hashing.sha256(fromBase64url(key))).slice(0, 16))
}

/** SHA-256 of a public key's DER, base64url: the name under which a county's key is known. */
export async function fingerprintOf(hashing: Hashing, key: string): Promise<string> {
  return base64url(await hashing.sha256(fromBase64url(key)))
}

/** Six digits that bind the county's answer to this phone (EN-5). */
export async function checkCode(hashing: Hashing, nonce: string, key: string): Promise<string> {
  const digest = await hashing.sha256(utf8(`qianshao check 1\n${nonce}\n${key}`))
  const number = BigInt(`0x${hex(digest.slice(0, 8))}`)
  return String(number % 1_000_000n).padStart(6, "0")
}

export type Line = readonly [key: string, seq: number, uids: readonly string[]]

/** A stream's content in 32 hex characters (FD-8). */
export async function streamDigest(hashing: Hashing, rows: Iterable<Line>): Promise<string> {
  const lines = Array.from(rows, ([key, seq, uids]) => `${key} ${seq} ${[...uids].sort().join(",")}`)
  return hex(await hashing.sha256(utf8(lines.sort(byCodePoint).join("\n")))).slice(0, 32)
}

/** As Python sorts text: by code points, where JavaScript goes by UTF-16 units. */
export function byCodePoint(one: string, other: string): number {
  const a = Array.from(one, (c) => c.codePointAt(0) ?? 0)
  const b = Array.from(other, (c) => c.codePointAt(0) ?? 0)
  for (let n = 0; n < Math.min(a.length, b.length); n++) {
    const difference = (a[n] ?? 0) - (b[n] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}
