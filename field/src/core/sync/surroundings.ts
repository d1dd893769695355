/** What a phone is given from outside: clock, randomness, keys, hashing. No defaults that cheat. */

import type { Bytes } from "./text"

/** The phone's readings: wall ms since the epoch, monotonic ms, clock session. Either may be wrong or jump. */
export type Reading = readonly [wall: number, mono: number, session: string]

export interface Clock {
  read(): Reading
}

/** Private keys that never leave. A person's keys answer only while that person's work is open. */
export interface Keys {
  /** Make an ES256 key under `name` for `owner` ("" is the phone itself); its base64url SubjectPublicKeyInfo. */
  create(name: string, owner: string): Promise<string>
  /** The signature r||s in base64url, or null if there is no such key, or it is locked. */
  sign(name: string, data: Bytes): Promise<string | null>
  /** Whether keys can be made and used for this person now. */
  isOpen(owner: string): boolean
}

export interface Hashing {
  sha256(data: Bytes): Promise<Bytes>
  /** True if `signature` is `key`'s over the exact bytes; false for what cannot be read. Never rejects. */
  verify(alg: string, key: string, data: Bytes, signature: string): Promise<boolean>
}

export interface Surroundings {
  readonly clock: Clock
  readonly randomness: (count: number) => Bytes
  readonly keys: Keys
  readonly hashing: Hashing
  /** The app's version, as chain.open says it. */
  readonly app: string
}
