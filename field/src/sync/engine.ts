/**
 * One state machine that brings the phone's work to the county whenever it can, and says where it is as one value.
 * It never decides what is sent: the core does. It never loses anything: it only asks again.
 */

import { unsent } from "../core/sync/outbox"
import type { Phone } from "../core/sync/phone"
import { prune } from "../core/sync/pruning"
import { StorageFull } from "../storage/database"
import type { PhotoStorage } from "../storage/photoStorage"
import type { County, Failed } from "./county"
import { exchangeAll, type Heard } from "./exchanging"
import type { Rescue } from "./rescue"
import type { SyncStatus, Trouble } from "./status"
import { uploadAll, waitingPhotos } from "./uploads"

/** What wakes the engine. `edit`: something was saved; `asked`: a person pressed the button. */
export type Wake = "start" | "return" | "online" | "edit" | "asked" | "time"

export interface Surroundings {
  /** Wall ms, for what is shown only. */
  readonly now: () => number
  readonly mono: () => number
  /** 0 … 1, for jitter. */
  readonly random: () => number
  readonly after: (ms: number, act: () => void) => () => void
}

export interface Parts {
  readonly phone: Phone
  readonly county: County
  readonly photos: PhotoStorage
  readonly rescue: Rescue
  readonly around: Surroundings
  /** Hears of every change of status. */
  readonly say: (status: SyncStatus) => void
  /** Hears of every answer of the county, once it is saved. */
  readonly heard: (heard: Heard, at: number) => void
}

const SOON: Record<Wake, number> = {
  start: 500,
  return: 1_000,
  online: 3_000,
  edit: 1_500,
  asked: 0,
  time: 0,
}
/** While the app is open, teammates' answers are asked for as often. */
const LOOK_AGAIN = 60_000
const LONGEST_WAIT = 300_000

export class Engine {
  status: SyncStatus = { at: "off", why: "starting" }
  private readonly parts: Parts
  private running: Promise<void> | null = null
  private again = false
  private cancel: (() => void) | null = null
  private failures = 0
  /** Monotonic ms before which the county asked not to come back. */
  private notBefore = 0
  private lastHeard: number | null = null
  private isShutOut = false

  constructor(parts: Parts) {
    this.parts = parts
  }

  /** Something happened. After a reconnect phones come with jitter; what the county asked for is kept. */
  wake(why: Wake): void {
    if (this.parts.county.membership === null) {
      this.say({ at: "off", why: "unenrolled" })
      return
    }
    if (this.running) {
      this.again = true
      return
    }
    if (why === "edit" && this.status.at === "waiting") return
    if (why !== "time") this.failures = 0
    const jitter = why === "asked" || why === "time" ? 0 : this.parts.around.random() * SOON[why]
    this.schedule(Math.max(jitter, this.notBefore - this.parts.around.mono()))
  }

  /** Run now and resolve when at rest again. */
  async run(): Promise<void> {
    this.cancel?.()
    this.running ??= this.turns().finally(() => (this.running = null))
    await this.running
  }

  stop(): void {
    this.cancel?.()
    this.cancel = null
  }

  private schedule(ms: number): void {
    this.cancel?.()
    this.cancel = this.parts.around.after(ms, () => void this.run())
  }

  private async turns(): Promise<void> {
    do {
      this.again = false
      const failed = await this.turn()
      if (failed) {
        this.wait(failed)
        return
      }
      this.failures = 0
    } while (this.isWokenMeanwhile())
    this.rest()
  }

  private isWokenMeanwhile(): boolean {
    return this.again
  }

  /** Everything that can be done now: operations, files of others, then photos. */
  private async turn(): Promise<Failed | null> {
    const { phone, county, photos, rescue } = this.parts
    this.say({ at: "exchanging" })
    phone.desk.photosWaiting = waitingPhotos(photos).length
    try {
      const failed =
        (await rescue.handIn(county)) ?? (await exchangeAll(phone, county, (heard) => this.hear(heard)))
      if (failed) return failed
      return await this.bringPhotos()
    } catch (error) {
      if (error instanceof StorageFull) return { trouble: "full", after: null }
      throw error
    }
  }

  private async bringPhotos(): Promise<Failed | null> {
    const { photos, county, phone, around } = this.parts
    const all = waitingPhotos(photos)
    const order = new Map(all.map((record, n) => [record.sha256, n + 1]))
    const told = (record: { sha256: string; sent: number; size: number }): boolean => {
      const percent = Math.floor((100 * record.sent) / record.size)
      this.say({ at: "uploading", photo: order.get(record.sha256) ?? all.length, of: all.length, percent })
      return unsent(phone.desk) === 0
    }
    const outcome = await uploadAll({ county, photos, now: around.mono, told })
    if (outcome === "stopped") this.again = true
    else if (outcome === null) await this.tidy()
    return outcome === "stopped" ? null : outcome
  }

  private async hear(heard: Heard): Promise<void> {
    const { photos, around } = this.parts
    this.lastHeard = around.now()
    this.isShutOut = heard.isShutOut
    for (const sha256 of heard.answer.photosHere) {
      const record = photos.get(sha256)
      if (record?.state === "saved") await photos.mark(sha256, { state: "received", sent: record.size })
    }
    this.parts.heard(heard, this.lastHeard)
  }

  /** Forget what the county has twice and the screen has back, and photos of which nothing is held any more. */
  private async tidy(): Promise<void> {
    const { phone, photos } = this.parts
    if ((await phone.step(prune)) === 0) return
    const held = phone.desk.state.chains.flatMap((chain) => chain.log.map((one) => one.text)).join("\n")
    for (const { sha256, state } of photos.all())
      if (state === "received" && !held.includes(sha256)) await photos.drop(sha256)
  }

  private rest(): void {
    const { desk } = this.parts.phone
    const isWithdrawn = this.isShutOut && Object.keys(desk.state.cursor).length > 0
    this.say(isWithdrawn ? { at: "revoked", unsent: unsent(desk) } : { at: "rest", heard: this.lastHeard })
    this.schedule(LOOK_AGAIN * (1 + this.parts.around.random() / 4))
  }

  private wait({ trouble, after }: Failed): void {
    const { around } = this.parts
    const grown = Math.min(2_000 * 2 ** this.failures, LONGEST_WAIT)
    this.failures += 1
    const ms = after === null ? grown * (0.5 + around.random() / 2) : after * (1 + around.random() / 2)
    if (after !== null) this.notBefore = around.mono() + after
    this.sayWaiting(trouble, ms)
    this.schedule(ms)
  }

  private sayWaiting(trouble: Trouble, ms: number): void {
    this.say({ at: "waiting", trouble, until: this.parts.around.now() + ms, heard: this.lastHeard })
  }

  private say(status: SyncStatus): void {
    this.status = status
    this.parts.say(status)
  }
}
