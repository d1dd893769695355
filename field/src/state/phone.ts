/**
 * What every screen of the app reads and does: one typed store, provided at the composition root.
 *
 * Reads are reactive: inside `computed`, a template or `watch` they follow every change, own or pulled. Commands resolve
 * once the work is durably "saved on this phone" (已存本机); they reject with `NotSaved` and then nothing happened.
 */

import { inject, type App, type InjectionKey } from "vue"
import type {
  Answer,
  FindingFields,
  Location,
  Outcome,
  ProposedPlace,
  Recheck,
  Signing,
  VisitIdentity,
  VisitKind,
} from "../core/sync/bodies"
import type { Bundled, Enrolling, Life, Newcomer, PersonHere, Unlocking } from "./people"
import type { MineFacts, PrepareStep, Prepared, TeamMember, VisitFacts } from "./pulled"
import type { Conflict, Outgoing, PhotoHere, SyncCounts, SyncStatus } from "./sending"

/** One value that stands in a register. `at` is the author's wall clock in ms: shown, never used for order. */
export interface Said<T> {
  readonly uid: string
  readonly person: string
  readonly device: string
  readonly at: number
  readonly value: T
  /** True while the county has not acknowledged it. */
  readonly isUnsent: boolean
}

/** overlay(pulled rows, own operations): what the screen shows of a register. */
export interface Shown<T> {
  readonly heads: readonly Said<T>[]
  readonly disputed: boolean
}

/** `counted`: the outcome that counts meanwhile (fail > unseen > pass > na), null without an answer. */
export interface ShownAnswer extends Shown<Answer & { readonly judged?: Outcome }> {
  readonly counted: Outcome | null
}

/** A finding's fields, each with its heads; `seen` is false for one that only others' phones know of. */
export interface ShownFinding {
  readonly finding: string
  readonly mine: string
  /** Every field that has a value: item, place, severity, text, deadline, measures, responsible, answer. */
  readonly fields: Readonly<Partial<Record<keyof FindingFields, Shown<string>>>>
  /** 'live', or what it was retracted for. Two heads: disputed, and it lives meanwhile. */
  readonly state: Shown<"live" | { readonly retracted: string }>
  /** Re-checks and steps of the office; empty for one just recorded. */
  readonly status: Shown<FindingStatus>
  readonly notes: readonly Said<{ readonly note: string; readonly text: string }>[]
}

export type FindingStatus =
  | {
      readonly step: "recheck"
      readonly result: "passed" | "failed"
      readonly note?: string
      readonly deadline?: string
    }
  | { readonly step: string; readonly data: Readonly<Record<string, unknown>> }

/** What a photo needs beside its bytes. `of`: answer/<item>/<place>, finding/<id> or visit. */
export interface NewPhoto {
  readonly of: string
  readonly bytes: ArrayBuffer
  readonly mime: string
  readonly width: number
  readonly height: number
  readonly source: "stream" | "file"
  readonly role?: string
  readonly original?: ArrayBuffer
  /** A JPEG of at most 320 px for lists; kept beside the bytes under the same key, never sent. */
  readonly thumbnail?: ArrayBuffer
  /** The photo that this file is drawn upon. */
  readonly annotates?: string
  readonly location?: Location
}

/** Why a command did not happen; words in the catalogue under `phone.sync.not_saved.<code>`. */
export type NotSavedCode =
  | "full" // no room left on the phone
  | "locked" // the person's work is locked
  | "no_key" // the person's signing key is gone
  | "no_chain"
  | "invalid" // the county would not understand it
  | "no_dispute" // settled meanwhile
  | "storage" // the browser's storage failed
  | "elsewhere" // another tab holds the phone

export class NotSaved extends Error {
  override readonly name = "NotSaved"
  readonly code: NotSavedCode
  constructor(code: NotSavedCode, options?: ErrorOptions) {
    super(code, options)
    this.code = code
  }
}

export interface Entering {
  readonly mine: string
  readonly kind: VisitKind
  /** Local date in Asia/Shanghai, YYYY-MM-DD. */
  readonly date: string
  /** The how-manieth of that day; 1 where left out. */
  readonly ordinal?: number
  /** Digest of the checklist's edition that this phone shows. */
  readonly edition: string
}

export interface PhoneReads {
  readonly life: Life
  /** Everybody who has a chain on this phone. */
  readonly people: readonly PersonHere[]
  /** Whose work is open, null while locked. */
  readonly person: PersonHere | null
  /** This phone's id, '' before installation. */
  readonly device: string
  readonly team: string
  readonly county: string

  members(): readonly TeamMember[]
  mines(): readonly MineFacts[]
  mine(mine: string): MineFacts | null
  /** The compiled definition of an edition, parsed once; null if it was never fetched. */
  edition(digest: string): unknown
  /** Newest first. */
  editions(): readonly EditionFacts[]
  /** Facts that `prepare` fetched: 'duties/2026-W47', 'duties/2026-11', 'left/<mine>/2026-11'; with when. */
  fact(name: string): { readonly at: number; readonly content: unknown } | null

  /** Visits that this phone knows, newest first. */
  visits(): readonly VisitFacts[]
  visit(visit: string): VisitFacts | null
  /** Every key of a visit's registers that begins with `prefix`, sorted. */
  keys(visit: string, prefix: string): readonly string[]
  /** Any register of a visit: claim/<person>, sign/…, mark/<uid>, note/<id>, place/<id>, done/…, join/…, visit/status. */
  register<T>(visit: string, key: string): Shown<T>
  answer(visit: string, item: string, place: string): ShownAnswer
  /** Findings of a mine, or those that a visit touched. */
  findings(of: { readonly mine: string } | { readonly visit: string }): readonly ShownFinding[]
  finding(finding: string): ShownFinding | null
  /** Photos that stand, of a visit or of one thing in it. */
  photos(
    of: { readonly visit: string; readonly of?: string } | { readonly finding: string },
  ): readonly PhotoHere[]
  conflicts(visit: string): readonly Conflict[]

  readonly sync: SyncStatus
  readonly counts: SyncCounts
  /** One entry for each thing that is not at the county yet or was set aside there; gravest first. */
  outgoing(): readonly Outgoing[]
}

export interface EditionFacts {
  readonly digest: string
  readonly number: number
  readonly inForceFrom: string
}

export interface PhoneCommands {
  /** Present the code of the picture (the address, or what stands behind `#`). Answers the six digits to show. */
  enrol(address: string, label: string): Promise<Enrolling>
  /** Ask whether the leader has typed the digits; pulls the team when so. */
  askConfirmed(): Promise<boolean>
  addPerson(newcomer: Newcomer): Promise<void>
  /** Unlocks a person's work and makes them current. */
  unlock(person: string, pin: string): Promise<Unlocking>
  lock(): Promise<void>
  changePin(pin: string, next: string): Promise<Unlocking>
  /** After ten wrong tries: a fresh code from the leader, then a new PIN. Work already signed is untouched. */
  resetPin(person: string, address: string, pin: string): Promise<Enrolling>

  openVisit(entering: Entering): Promise<string>
  joinVisit(visit: string, edition: string): Promise<void>
  /** Over a dispute this settles it: every value shown is named. `retake` of an answer is another answer. */
  setAnswer(visit: string, item: string, place: string, answer: Answer): Promise<void>
  /** Raises a finding where `finding` is left out; answers its id. */
  setFinding(visit: string, fields: FindingFields, finding?: string): Promise<string>
  retractFinding(visit: string, finding: string, reason: string): Promise<void>
  recheckFinding(visit: string, recheck: Recheck): Promise<void>
  /** Saves bytes and signed facts in one transaction; answers the photo's id. */
  addPhoto(visit: string, photo: NewPhoto): Promise<string>
  retractPhoto(visit: string, photo: string, reason: string): Promise<void>
  addPlace(visit: string, place: Omit<ProposedPlace, "place" | "mine">): Promise<string>
  markPlace(visit: string, location: Location, code?: string): Promise<void>
  claim(visit: string, person: string, items: readonly string[]): Promise<void>
  /** Another text for the same `note` changes it. Answers the note's id. */
  setNote(visit: string, of: string, text: string, note?: string): Promise<string>
  /** `picture`: the drawn signature as PNG or JPEG; it travels like a photo. */
  sign(visit: string, signing: Omit<Signing, "picture">, picture?: NewPhoto): Promise<void>
  done(visit: string): Promise<void>
  submit(visit: string, note?: string): Promise<void>
  /** Settles a disputed answer or a disputed field of a finding by saying one value, all shown ones named. */
  settleAnswer(visit: string, item: string, place: string, answer: Answer): Promise<void>
  settleFinding(visit: string, finding: string, fields: FindingFields): Promise<void>

  /** The bytes of a photo or signature that this phone holds, null if it does not. */
  photoBytes(sha256: string): Promise<Blob | null>
  /** Its small picture for lists; the whole one where none was made; null if this phone holds neither. */
  photoThumbnail(sha256: string): Promise<Blob | null>
  /** Content that is not an operation yet (a half-typed finding, the photo before the camera); under the person's key. */
  keepDraft(name: string, content: unknown): Promise<void>
  draft(name: string): Promise<unknown>
  dropDraft(name: string): Promise<void>

  /** Fetch all that a shift needs; `told` hears of every step. */
  prepare(told: (step: PrepareStep) => void): Promise<Prepared>
  /** Ask for an exchange now. Resolves when the engine is at rest. */
  syncNow(): Promise<void>
  exportBundle(): Promise<Blob>
  /** Take another phone's file along; it is handed in at the next exchange. */
  importBundle(file: Blob): Promise<Bundled>
}

export type PhoneStore = PhoneReads & PhoneCommands

const PHONE: InjectionKey<PhoneStore> = Symbol("phone")

export function providePhone(app: App, phone: PhoneStore): void {
  app.provide(PHONE, phone)
}

export function usePhone(): PhoneStore {
  const phone = inject(PHONE)
  if (!phone) throw new Error("no phone was provided")
  return phone
}

export type { VisitIdentity }
