/** Puts the phone's parts together in a browser, and answers the store that screens use. */

import type { Surroundings as CoreSurroundings } from "../../core/sync/surroundings"
import { Phone } from "../../core/sync/phone"
import { CarriedStorage } from "../../storage/carriedStorage"
import { NewerVersion, openDatabase, type Database } from "../../storage/database"
import { PhoneStorage } from "../../storage/phoneStorage"
import { PhotoStorage } from "../../storage/photoStorage"
import { Records } from "../../storage/records"
import { Signers } from "../../storage/signers"
import { Vault } from "../../storage/vault"
import { webHashing } from "../../storage/webCrypto"
import { County } from "../../sync/county"
import { Engine, type Surroundings } from "../../sync/engine"
import type { Heard } from "../../sync/exchanging"
import { Rescue } from "../../sync/rescue"
import type { Send } from "../../sync/transport"
import type { PhoneReads, PhoneStore } from "../phone"
import { Context, type Parts } from "./context"
import { fileCommands } from "./fileCommands"
import { peopleCommands, peopleHere, settleLife } from "./peopleCommands"
import { pulledReads } from "./pulledReads"
import { registerReads } from "./registers"
import { counts, outgoing } from "./sendingReads"
import { PHOTOS, SENDING } from "./versions"
import { visitCommands } from "./visitCommands"

export interface Opening {
  readonly database: string
  /** The database, if it was opened before anybody held the phone. */
  readonly ahead?: Promise<Database | null>
  readonly app: string
  readonly send: Send
  readonly clock: CoreSurroundings["clock"]
  readonly around: Surroundings
  /** Resolves once this tab holds the phone. */
  readonly hold: (elsewhere: () => void) => Promise<unknown>
  /** PBKDF2 rounds; less only where tests have no time. */
  readonly rounds?: number
}

export interface Opened {
  readonly store: PhoneStore
  readonly context: Context
  /** Resolves once the phone is open, or cannot be. */
  readonly ready: Promise<void>
}

export function openPhone(opening: Opening): Opened {
  const context = new Context(opening.around.now)
  return { store: storeOf(context), context, ready: begin(context, opening) }
}

async function begin(context: Context, opening: Opening): Promise<void> {
  let waited = false
  await opening.hold(() => {
    waited = true
    context.life.value = { at: "elsewhere" }
    context.sync.value = { at: "off", why: "elsewhere" }
  })
  try {
    const parts = await assemble(context, opening, await databaseOf(opening, waited))
    context.open(parts)
    await Promise.all([parts.county.load(), parts.rescue.load()])
    settleLife(context)
    parts.engine.wake("start")
  } catch (error) {
    context.life.value = { at: "broken", why: error instanceof NewerVersion ? "newer_version" : "storage" }
    throw error
  }
}

/** Whoever had to wait for another tab opens it anew: that tab may have been a newer version's. */
async function databaseOf({ database, ahead }: Opening, waited: boolean): Promise<Database> {
  const early = (await ahead) ?? null
  if (early !== null && !waited) return early
  early?.close()
  return openDatabase(database)
}

async function assemble(
  context: Context,
  { app, send, clock, around, rounds }: Opening,
  database: Database,
): Promise<Parts> {
  const vault = await Vault.of(database, rounds)
  const signers = new Signers(database, vault)
  const records = new Records(database, vault)
  const randomness = (count: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(count))
  const surroundings = { clock, randomness, keys: signers, hashing: webHashing, app }
  const [phone, photos] = await Promise.all([
    Phone.start(surroundings, new PhoneStorage(database, vault)),
    PhotoStorage.of(database, vault),
  ])
  phone.desk.rowsAreOpen = vault.rows !== null
  const carried = new CarriedStorage(database, vault)
  const county = new County(send, phone, records)
  const rescue = new Rescue(phone, carried)
  const heard = (told: Heard, at: number): void => hear(context, told, at)
  const say = (status: Context["sync"]["value"]): void => {
    const isOfPhotos = status.at === "uploading" || context.sync.value.at === "uploading"
    context.sync.value = status
    context.versions.changed(SENDING)
    if (isOfPhotos) context.versions.changed(PHOTOS)
  }
  const engine = new Engine({ phone, county, photos, rescue, around, say, heard })
  return { phone, vault, signers, records, photos, carried, county, rescue, engine }
}

/** The county answered: everything may show something else now. */
function hear(context: Context, { answer }: Heard, at: number): void {
  context.clockOff.value = answer.time - at
  context.everythingChanged()
  const { at: life } = context.life.value
  if (life === "unconfirmed") settleLife(context)
}

function storeOf(context: Context): PhoneStore {
  const reads = readsOf(context)
  return Object.defineProperties(
    { ...peopleCommands(context), ...visitCommands(context, reads), ...fileCommands(context, reads) },
    Object.getOwnPropertyDescriptors(reads),
  ) as PhoneStore
}

function readsOf(context: Context): PhoneReads {
  const pulled = pulledReads(context)
  return {
    get life() {
      return context.life.value
    },
    get people() {
      return peopleHere(context, pulled.members())
    },
    get person() {
      const { life } = this
      return life.at === "open" ? (this.people.find((one) => one.id === life.person) ?? null) : null
    },
    get device() {
      return context.desk?.state.device ?? ""
    },
    get team() {
      return context.parts?.county.membership?.team ?? ""
    },
    get county() {
      return context.parts?.county.membership?.county ?? ""
    },
    get sync() {
      return context.sync.value
    },
    get counts() {
      return counts(context)
    },
    outgoing: () => outgoing(context),
    ...pulled,
    ...registerReads(context),
  }
}
