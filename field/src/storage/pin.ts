/**
 * From a PIN to a key. The PIN is never compared with anything: the right one opens, a wrong one does not. A copy of
 * the database alone cannot be tried against, because one half of the key comes from this phone's own HMAC key.
 */

import { utf8, type Bytes } from "../core/sync/text"
import { Seal } from "./sealing"

export const ROUNDS = 600_000
export const TRIES = 10
export const SHORTEST = 6

/** What of a person's lock is stored. `waitUntil`: wall ms before which no try is taken. */
export interface Lock {
  readonly salt: string
  readonly rounds: number
  readonly failures: number
  readonly waitUntil: number
}

/** PBKDF2 over the PIN, HKDF with this phone's half. */
export async function keyOf(pin: string, salt: Bytes, rounds: number, phone: CryptoKey): Promise<Seal> {
  const { subtle } = crypto
  const typed = await subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"])
  const stretched = await subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds },
    typed,
    256,
  )
  const half = await subtle.sign("HMAC", phone, salt)
  const both = await subtle.importKey("raw", stretched, "HKDF", false, ["deriveKey"])
  const info = utf8("qianshao person 1")
  const parameters = { name: "HKDF", hash: "SHA-256", salt: half, info }
  const key = await subtle.deriveKey(parameters, both, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ])
  return new Seal(key)
}

const WAITS = [0, 0, 0, 0, 30, 60, 120, 300, 900]

/** After so many wrong tries in a row, how long to wait: seconds. */
export function waitAfter(failures: number): number {
  return WAITS[failures - 1] ?? 0
}

const COMMON = [
  "112233",
  "121212",
  "123123",
  "123321",
  "123654",
  "147258",
  "520520",
  "521521",
  "131420",
  "888666",
]
const RUNS = "01234567890 09876543210"

/** Why a PIN is too easy, or null: too short, one digit, a run, or one of the common ones. */
export function weakness(pin: string): "short" | "not_digits" | "common" | null {
  if (!/^\d*$/.test(pin)) return "not_digits"
  if (pin.length < SHORTEST) return "short"
  const plain = new Set(pin).size === 1 || RUNS.includes(pin) || COMMON.includes(pin)
  return plain || pin === pin.slice(0, 2).repeat(pin.length / 2) ? "common" : null
}
