/** The phone itself: each call is one step, saved whole or not at all (SPEC, PN-1). */

import { leaveBroken, read, take } from "./answering"
import { Desk } from "./desk"
import { isEmpty, newJournal, type Journal } from "./journal"
import { install } from "./enrolling"
import { newState, type PhoneState } from "./state"
import type { Surroundings } from "./surroundings"
import type { Answer } from "./wire"

/** Something else to be written with a step, a photo's bytes for one: all of it or nothing. */
export interface Put {
  readonly store: string
  readonly key: string | readonly (string | number)[]
  readonly value: unknown
}

/** Durable and atomic: once `save` resolved, the change is there; before, the old state is. */
export interface Storage {
  load(): Promise<PhoneState | null>
  /** Keep what the journal names, and in the same transaction what else `beside` brings. Rejects when there is no room. */
  save(state: PhoneState, journal: Journal, beside?: readonly Put[]): Promise<void>
}

/** Steps run one after another: a step begins when the one before is saved. */
export class Phone {
  readonly desk: Desk
  private readonly storage: Storage
  private line: Promise<unknown> = Promise.resolve()

  private constructor(desk: Desk, storage: Storage) {
    this.desk = desk
    this.storage = storage
  }

  /** A phone over its storage. Make another over the same storage and it has restarted. */
  static async start(around: Surroundings, storage: Storage): Promise<Phone> {
    const state = await storage.load()
    const phone = new Phone(new Desk(state ?? newState(), around), storage)
    if (state === null) await phone.step(install)
    return phone
  }

  /** Run one of the phone's functions on the desk, then save; if either fails nothing happened. */
  step<T>(act: (desk: Desk) => Promise<T> | T, beside?: readonly Put[]): Promise<T> {
    return this.queued(async () => {
      this.desk.journal = newJournal()
      try {
        const result = await act(this.desk)
        if (!isEmpty(this.desk.journal) || beside !== undefined)
          await this.storage.save(this.desk.state, this.desk.journal, beside)
        return result
      } catch (error) {
        await this.goBack()
        throw error
      }
    })
  }

  /** Look at the desk between steps. */
  look<T>(act: (desk: Desk) => Promise<T> | T): Promise<T> {
    return this.queued(() => act(this.desk))
  }

  /** Take in what came back; null if it was no answer of the county's to the last request. */
  async receive(body: string): Promise<Answer | null> {
    const answer = await this.look((desk) => read(desk, body))
    if (answer !== null) await this.step((desk) => take(desk, answer))
    return answer
  }

  /** The state was opened or locked: show what storage gives now, and catch up on what had to wait for keys. */
  async reload(rowsAreOpen: boolean): Promise<void> {
    await this.queued(async () => {
      await this.goBack()
      this.desk.rowsAreOpen = rowsAreOpen
    })
    if (rowsAreOpen) await this.step(leaveBroken)
  }

  /** The county said 413: send half as many from now on. */
  tooLarge(): void {
    this.desk.batch = Math.max(1, Math.floor(this.desk.batch / 2))
  }

  private async goBack(): Promise<void> {
    const stored = await this.storage.load()
    this.desk.replace(stored ?? this.desk.state)
  }

  private queued<T>(act: () => Promise<T> | T): Promise<T> {
    const run = this.line.then(act)
    this.line = run.catch(() => undefined)
    return run
  }
}
