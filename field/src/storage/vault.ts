/**
 * Who can read what on a shared phone. What has to leave while the phone is locked is under the phone's own key; what
 * people read is under a key that each of them has, wrapped under their own PIN. Locks, never wipes.
 */

import { base64url, fromBase64url, type Bytes } from "../core/sync/text"
import { entries, write, type Database } from "./database"
import { keyOf, ROUNDS, TRIES, waitAfter, type Lock } from "./pin"
import { CannotOpen, Seal } from "./sealing"

/** A person of this phone, as stored. `own` is their key under the PIN's; `rows` the shared one under theirs. */
interface Person extends Lock {
  readonly id: string
  readonly name: string
  readonly own: Wrapped
  readonly rows: Wrapped
  /** Which shared key `rows` is. */
  readonly generation: string
}
interface Wrapped {
  readonly iv: string
  readonly data: string
}
interface Raw {
  readonly seal: Seal
  readonly raw: Bytes
}

/** The shared key: which one counts, and its bytes while somebody has not got it under their own key yet. */
interface Shared {
  readonly generation: string
  readonly raw: string | null
}

export interface Tenant {
  readonly id: string
  readonly name: string
  readonly failures: number
  readonly waitUntil: number
}

export type Opened =
  | { readonly done: true }
  | { readonly done: false; readonly why: "wrong"; readonly triesLeft: number; readonly waitUntil: number }
  | { readonly done: false; readonly why: "wait"; readonly waitUntil: number }
  | { readonly done: false; readonly why: "needs_code" }

/** Somebody of this phone has to be open for this. */
export class Locked extends Error {
  override readonly name = "Locked"
}

export class Vault {
  readonly phone: Seal
  private readonly database: Database
  private readonly half: CryptoKey
  private readonly rounds: number
  private people = new Map<string, Person>()
  private shared: Shared = { generation: "", raw: null }
  private open: (Raw & { readonly id: string }) | null = null
  private reading: Raw | null = null

  private constructor(database: Database, keys: PhoneKeys, rounds: number) {
    this.database = database
    this.phone = new Seal(keys.seal)
    this.half = keys.half
    this.rounds = rounds
  }

  /** The vault of this phone, made at the first start. `rounds` is less only where tests have no time. */
  static async of(database: Database, rounds = ROUNDS): Promise<Vault> {
    const [seal, half, people, kept] = await Promise.all([
      database.get("keys", "seal"),
      database.get("keys", "half"),
      entries(database, "people"),
      database.get("records", "shared_key"),
    ])
    const vault = new Vault(database, seal && half ? { seal, half } : await makeKeys(database), rounds)
    for (const [id, sealed] of people)
      vault.people.set(id, (await vault.phone.open(`people/${id}`, sealed)) as Person)
    if (kept) vault.shared = (await vault.phone.open("shared_key", kept)) as Shared
    else await vault.renewShared()
    if (vault.people.size === 0) vault.reading = await vault.handedOver()
    return vault
  }

  tenants(): Tenant[] {
    return Array.from(this.people.values(), ({ id, name, failures, waitUntil }) => ({
      id,
      name,
      failures,
      waitUntil,
    }))
  }

  /** Whose work is open. */
  get person(): string | null {
    return this.open?.id ?? null
  }

  /** The key of what people of this phone read, null while nobody is open. */
  get rows(): Seal | null {
    return this.reading?.seal ?? null
  }

  /** The key of the open person's own drafts and signing keys. Throws Locked. */
  ownSeal(person: string): Seal {
    if (this.open?.id !== person) throw new Locked(person)
    return this.open.seal
  }

  /** Add somebody and open their work. Throws Locked while others are here and none of them is open. */
  async addPerson(id: string, name: string, pin: string): Promise<void> {
    if (this.reading === null || this.people.has(id)) throw new Locked(id)
    await this.install({ id, name }, pin, await newRaw())
  }

  /** A new PIN for somebody who showed a fresh code. True where nobody could read the rows any more: pull them anew. */
  async resetPerson(id: string, pin: string): Promise<boolean> {
    const lost = this.reading === null
    if (lost) await this.renewShared()
    this.reading ??= await this.handedOver()
    await this.install({ id, name: this.people.get(id)?.name ?? id }, pin, await newRaw())
    return lost
  }

  /** Try a PIN. A wrong one is counted before it is tried. `now` is the phone's wall clock in ms. */
  async unlock(id: string, pin: string, now: number): Promise<Opened> {
    const person = this.people.get(id)
    if (!person || person.failures >= TRIES) return { done: false, why: "needs_code" }
    const wait = Math.min(person.waitUntil, now + 1000 * waitAfter(person.failures))
    if (wait > now) return { done: false, why: "wait", waitUntil: wait }
    const failures = person.failures + 1
    const waitUntil = waitAfter(failures) === 0 ? 0 : now + 1000 * waitAfter(failures)
    await this.keep({ ...person, failures, waitUntil })
    const own = await this.openWith(person, pin)
    if (own === null)
      return failures >= TRIES
        ? { done: false, why: "needs_code" }
        : { done: false, why: "wrong", triesLeft: TRIES - failures, waitUntil }
    await this.admit({ ...person, failures: 0, waitUntil: 0 }, own)
    return { done: true }
  }

  /** Forget the open person's keys. What has to leave still can. */
  lock(): void {
    this.open = null
    if (this.people.size > 0) this.reading = null
  }

  /** A new PIN for the open person. Throws Locked. */
  async changePin(pin: string): Promise<void> {
    const person = this.people.get(this.open?.id ?? "")
    if (!person || !this.open) throw new Locked("nobody")
    await this.install(person, pin, this.open)
  }

  private async install({ id, name }: { id: string; name: string }, pin: string, own: Raw): Promise<void> {
    if (!this.reading) throw new Locked(id)
    const salt = crypto.getRandomValues(new Uint8Array(16))
    const byPin = await keyOf(pin, salt, this.rounds, this.half)
    const lock = { salt: base64url(salt), rounds: this.rounds, failures: 0, waitUntil: 0 }
    await this.keep({
      id,
      name,
      ...lock,
      own: await wrap(byPin, `own/${id}`, own.raw),
      rows: await wrap(own.seal, `rows/${id}`, this.reading.raw),
      generation: this.shared.generation,
    })
    this.open = { id, ...own }
    await this.settleShared()
  }

  private async openWith(person: Person, pin: string): Promise<Raw | null> {
    const byPin = await keyOf(pin, fromBase64url(person.salt), person.rounds, this.half)
    return unwrap(byPin, `own/${person.id}`, person.own)
  }

  /** The PIN was right: read with the shared key, taking the one handed over where it was renewed meanwhile. */
  private async admit(person: Person, own: Raw): Promise<void> {
    const label = `rows/${person.id}`
    const current = person.generation === this.shared.generation
    const reading = current ? await unwrap(own.seal, label, person.rows) : await this.handedOver()
    if (!reading) throw new CannotOpen(label)
    const rows = current ? person.rows : await wrap(own.seal, label, reading.raw)
    await this.keep({ ...person, rows, generation: this.shared.generation })
    this.open = { id: person.id, ...own }
    this.reading = reading
    await this.settleShared()
  }

  private async keep(person: Person): Promise<void> {
    const value = await this.phone.seal(`people/${person.id}`, person)
    await write(this.database, [{ store: "people", key: person.id, value }])
    this.people.set(person.id, person)
  }

  private async renewShared(): Promise<void> {
    const { raw } = await newRaw()
    const generation = base64url(crypto.getRandomValues(new Uint8Array(12)))
    await this.keepShared({ generation, raw: base64url(raw) })
  }

  /** Once everybody here has the shared key under their own, the phone itself forgets it. */
  private async settleShared(): Promise<void> {
    const { generation, raw } = this.shared
    const everybody = [...this.people.values()].every((person) => person.generation === generation)
    if (raw !== null && everybody) await this.keepShared({ generation, raw: null })
  }

  private async keepShared(shared: Shared): Promise<void> {
    const value = await this.phone.seal("shared_key", shared)
    await write(this.database, [{ store: "records", key: "shared_key", value }])
    this.shared = shared
  }

  private async handedOver(): Promise<Raw | null> {
    if (this.shared.raw === null) return null
    const raw = fromBase64url(this.shared.raw)
    return { seal: await Seal.from(raw), raw }
  }
}

interface PhoneKeys {
  readonly seal: CryptoKey
  readonly half: CryptoKey
}

/** The phone's own keys. They cannot be exported, not by this app either. */
async function makeKeys(database: Database): Promise<PhoneKeys> {
  const { subtle } = crypto
  const seal = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
  const half = await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"])
  await write(database, [
    { store: "keys", key: "seal", value: seal },
    { store: "keys", key: "half", value: half },
  ])
  return { seal, half }
}

async function newRaw(): Promise<Raw> {
  const raw = crypto.getRandomValues(new Uint8Array(32))
  return { seal: await Seal.from(raw), raw }
}

async function wrap(by: Seal, label: string, raw: Bytes): Promise<Wrapped> {
  const { iv, data } = await by.sealBytes(label, raw)
  return { iv: base64url(iv), data: base64url(new Uint8Array(data)) }
}

/** The wrapped key, null where `by` is not the key it was wrapped with. */
async function unwrap(by: Seal, label: string, { iv, data }: Wrapped): Promise<Raw | null> {
  try {
    const raw = await by.openBytes(label, { iv: fromBase64url(iv), data: fromBase64url(data).buffer })
    return { seal: await Seal.from(raw), raw }
  } catch (error) {
    if (error instanceof CannotOpen) return null
    throw error
  }
}
