/** What the store's reads and commands stand on. Nothing is here before the phone was opened, and nothing while locked out. */

import { shallowRef } from "vue"
import type { VisitIdentity } from "../../core/sync/bodies"
import { CannotWrite } from "../../core/sync/pen"
import type { Desk } from "../../core/sync/desk"
import type { Phone, Put } from "../../core/sync/phone"
import { sentTo } from "../../core/sync/state"
import type { CarriedStorage } from "../../storage/carriedStorage"
import { StorageFull } from "../../storage/database"
import type { PhotoStorage } from "../../storage/photoStorage"
import type { Records } from "../../storage/records"
import type { Signers } from "../../storage/signers"
import { Locked, type Vault } from "../../storage/vault"
import type { County } from "../../sync/county"
import type { Engine } from "../../sync/engine"
import type { Rescue } from "../../sync/rescue"
import type { Life } from "../people"
import { NotSaved, type NotSavedCode } from "../phone"
import type { SyncStatus } from "../sending"
import { ownVisits } from "./ownVisits"
import { contentOf, keysOf, rowOf, SENDING, Versions } from "./versions"

export interface Parts {
  readonly phone: Phone
  readonly vault: Vault
  readonly signers: Signers
  readonly records: Records
  readonly photos: PhotoStorage
  readonly carried: CarriedStorage
  readonly county: County
  readonly rescue: Rescue
  readonly engine: Engine
}

/** What `prepare` fetched, in memory while somebody is open. */
export interface Facts {
  readonly facts: Map<string, { readonly at: number; readonly content: unknown }>
  readonly editions: Map<string, unknown>
}

export class Context {
  readonly life = shallowRef<Life>({ at: "starting" })
  readonly sync = shallowRef<SyncStatus>({ at: "off", why: "starting" })
  readonly clockOff = shallowRef<number | null>(null)
  readonly versions = new Versions()
  readonly known: Facts = { facts: new Map(), editions: new Map() }
  /** Wall ms. */
  readonly now: () => number
  private opened: Parts | null = null
  private unsentUids: Set<string> | null = null
  private entered: ReadonlyMap<string, VisitIdentity> | null = null

  constructor(now: () => number) {
    this.now = now
  }

  open(parts: Parts): void {
    this.opened = parts
    this.everythingChanged()
  }

  get desk(): Desk | null {
    return this.opened?.phone.desk ?? null
  }

  get parts(): Parts | null {
    return this.opened
  }

  /** Throws NotSaved while another tab holds the phone, or before it is open. */
  need(): Parts {
    if (!this.opened) throw new NotSaved("elsewhere")
    return this.opened
  }

  /** The open person. Throws NotSaved. */
  person(): string {
    const { person } = this.need().vault
    if (person === null) throw new NotSaved("locked")
    return person
  }

  /** One step of the phone, saved; then screens follow and the engine is told. Throws NotSaved. */
  async step<T>(act: (desk: Desk) => Promise<T> | T, beside?: readonly Put[]): Promise<T> {
    const { phone, engine } = this.need()
    const result = await saving(() => phone.step(act, beside))
    this.follow(phone.desk)
    engine.wake("edit")
    return result
  }

  isUnsent(uid: string): boolean {
    this.unsentUids ??= new Set(
      this.desk?.state.chains.flatMap((chain) =>
        chain.log.slice(sentTo(chain) - chain.base).map((held) => held.uid),
      ),
    )
    return this.unsentUids.has(uid)
  }

  /** Visits opened or joined here, by id. */
  ownVisits(): ReadonlyMap<string, VisitIdentity> {
    this.versions.follow("visits")
    this.entered ??= new Map(this.desk ? ownVisits(this.desk) : [])
    return this.entered
  }

  private visitsChanged(): void {
    this.entered = null
    this.versions.changed("visits")
  }

  everythingChanged(): void {
    this.unsentUids = null
    this.entered = null
    this.versions.everythingChanged()
  }

  /** Screens that show what a step wrote look again; others do not. */
  private follow(desk: Desk): void {
    const { appended, chains } = desk.journal
    if (chains.size > 1 || appended.length !== 1) {
      this.everythingChanged()
      return
    }
    const { versions } = this
    this.unsentUids = null
    for (const { chain, held } of appended)
      for (const { stream, key } of desk.writesOf(chain, held)) {
        versions.changed(rowOf(stream, key))
        versions.changed(contentOf(stream))
        if (isNew(desk, stream, key)) versions.changed(keysOf(stream, key))
      }
    versions.changed(SENDING)
    if (desk.journal.phone) this.visitsChanged()
  }
}

function isNew(desk: Desk, stream: string, key: string): boolean {
  const own = [...desk.pendingAt(stream, key).values()].reduce((sum, pending) => sum + pending.length, 0)
  return own <= 1 && !desk.state.rows.get(stream)?.has(key)
}

/** Run, and say why nothing was saved in the words that screens know. */
export async function saving<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof NotSaved) throw error
    throw new NotSaved(codeOf(error), { cause: error })
  }
}

function codeOf(error: unknown): NotSavedCode {
  if (error instanceof StorageFull) return "full"
  if (error instanceof Locked) return "locked"
  if (error instanceof CannotWrite) return error.code === "not_the_county" ? "invalid" : error.code
  return "storage"
}
