/** What is on its way to the county and what came of it, as the screens see it. */

import type { Kind, Photo } from "../core/sync/bodies"
import type { Said } from "./phone"

export type { SyncStatus, Trouble } from "../sync/status"

export interface SyncCounts {
  /** Operations held here that the county has not acknowledged. */
  readonly saved: number
  /** Operations that the county has acknowledged, of those still held here. */
  readonly received: number
  readonly photosSaved: number
  readonly photosReceived: number
  /** Operations that the county keeps without effect. */
  readonly setAside: number
  /** Carried files of other phones. */
  readonly carried: number
  /** Server time minus phone time in ms at the last answer, null before. */
  readonly clockOff: number | null
}

export interface Outgoing {
  readonly id: string
  readonly sort: Kind | "photo.bytes"
  readonly person: string
  readonly at: number
  readonly visit: string | null
  /** What it is about: the register, or the finding's or photo's id. */
  readonly about: string
  readonly state: "saved" | "sending" | "received" | "set_aside" | "refused"
  /** Of bytes: how many the county has. */
  readonly sent: number
  readonly size: number
  /** The verdict or the refusal's code where it was set aside. */
  readonly why: string | null
}

export interface PhotoHere extends Photo {
  readonly visit: string | null
  readonly person: string
  readonly at: number
  /** `elsewhere`: another phone's, only its facts are known here. */
  readonly bytes: "saved" | "sending" | "received" | "refused" | "elsewhere"
  readonly sent: number
}

/** Two or more values that did not see each other and differ: a person has to settle them. */
export interface Conflict {
  readonly visit: string
  /** answer/<item>/<place>, or finding/<id>. */
  readonly about: string
  /** The field of a finding; '' for an answer. */
  readonly field: string
  readonly sides: readonly Said<unknown>[]
}
