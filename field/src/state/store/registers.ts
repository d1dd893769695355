/** Reads of what is shown: registers, answers, findings, photos, conflicts. */

import type { Answer, Outcome, Photo } from "../../core/sync/bodies"
import type { Head } from "../../core/sync/state"
import { fieldsShown, keysShown, shown, type Register } from "../../core/sync/view"
import type { PhotoRecord } from "../../storage/photoStorage"
import type { PhoneReads, Said, Shown, ShownAnswer, ShownFinding } from "../phone"
import type { Conflict, PhotoHere } from "../sending"
import type { Context } from "./context"
import { keysOf, PHOTOS, rowOf, SENDING } from "./versions"

type RegisterReads = Pick<
  PhoneReads,
  "keys" | "register" | "answer" | "findings" | "finding" | "photos" | "conflicts"
>

const NOTHING: Register = { heads: [], disputed: false, counted: null }
const FIELDS = ["item", "place", "severity", "text", "deadline", "measures", "responsible", "answer"] as const

export function registerReads(context: Context): RegisterReads {
  const reads = new Registers(context)
  return {
    keys: (visit, prefix) => reads.keys(`visit:${visit}`, prefix),
    register: <T>(visit: string, key: string) => reads.shown<T>(reads.look(`visit:${visit}`, key)),
    answer: (visit, item, place) => reads.answer(visit, `answer/${item}/${place}`),
    findings: (of) => ("mine" in of ? reads.findingsOfMine(of.mine) : reads.findingsOfVisit(of.visit)),
    finding: (finding) => reads.finding(finding),
    photos: (of) =>
      "visit" in of ? reads.photosOfVisit(of.visit, of.of) : reads.photosOfFinding(of.finding),
    conflicts: (visit) => [...reads.disputedAnswers(visit), ...reads.disputedFindings(visit)],
  }
}

class Registers {
  private readonly context: Context

  constructor(context: Context) {
    this.context = context
  }

  keys(stream: string, prefix: string): string[] {
    this.context.versions.follow(keysOf(stream, prefix))
    const { desk } = this.context
    return desk ? keysShown(desk, stream, prefix) : []
  }

  look(stream: string, key: string): Register {
    this.context.versions.follow(rowOf(stream, key))
    const { desk } = this.context
    return desk ? shown(desk, stream, key) : NOTHING
  }

  shown<T>({ heads, disputed }: Register): Shown<T> {
    return { heads: heads.map((head) => this.said<T>(head)), disputed }
  }

  answer(visit: string, key: string): ShownAnswer {
    const register = this.look(`visit:${visit}`, key)
    type Judged = Answer & { readonly judged?: Outcome }
    return { ...this.shown<Judged>(register), counted: register.counted }
  }

  findingsOfMine(mine: string): ShownFinding[] {
    return this.keys(`mine:${mine}`, "finding/").flatMap((key) => this.finding(key.slice(8)) ?? [])
  }

  findingsOfVisit(visit: string): ShownFinding[] {
    return this.keys(`visit:${visit}`, "finding/").flatMap((key) => this.finding(key.slice(8)) ?? [])
  }

  finding(finding: string): ShownFinding | null {
    const { desk, versions } = this.context
    const mine = desk?.state.findings[finding]
    versions.follow(mine === undefined ? SENDING : rowOf(`mine:${mine}`, `finding/${finding}`))
    if (!desk || mine === undefined) return null
    const row = fieldsShown(desk, `mine:${mine}`, `finding/${finding}`)
    if (!row.state) return null
    const said = FIELDS.flatMap((field) =>
      row[field] ? [[field, this.shown<string>(row[field])] as const] : [],
    )
    const notes = Object.entries(row).filter(([field]) => field.startsWith("note/"))
    return {
      finding,
      mine,
      fields: Object.fromEntries(said),
      state: this.shown(row.state),
      status: this.shown(row.status ?? NOTHING),
      notes: notes.flatMap(([, register]) => this.shown<{ note: string; text: string }>(register).heads),
    }
  }

  photosOfVisit(visit: string, of: string | undefined): PhotoHere[] {
    const stream = `visit:${visit}`
    const found = this.keys(stream, "photo/").flatMap((key) => this.photosIn(this.look(stream, key), visit))
    return of === undefined ? found : found.filter((photo) => photo.of === of)
  }

  photosOfFinding(finding: string): PhotoHere[] {
    const { desk, versions } = this.context
    const mine = desk?.state.findings[finding] ?? ""
    versions.follow(rowOf(`mine:${mine}`, `finding/${finding}`))
    const row = desk ? fieldsShown(desk, `mine:${mine}`, `finding/${finding}`) : {}
    const photos = Object.entries(row).filter(([field]) => field.startsWith("photo/"))
    return photos.flatMap(([, register]) => this.photosIn(register, null))
  }

  disputedAnswers(visit: string): Conflict[] {
    return this.keys(`visit:${visit}`, "answer/").flatMap((about) => {
      const register = this.look(`visit:${visit}`, about)
      return register.disputed ? [this.conflict(visit, about, "", register)] : []
    })
  }

  disputedFindings(visit: string): Conflict[] {
    const { desk, versions } = this.context
    return this.keys(`visit:${visit}`, "finding/").flatMap((about) => {
      const mine = desk?.state.findings[about.slice(8)]
      if (!desk || mine === undefined) return []
      versions.follow(rowOf(`mine:${mine}`, about))
      const row = Object.entries(fieldsShown(desk, `mine:${mine}`, about))
      return row.flatMap(([field, register]) =>
        register.disputed ? [this.conflict(visit, about, field, register)] : [],
      )
    })
  }

  private conflict(visit: string, about: string, field: string, register: Register): Conflict {
    return { visit, about, field, sides: register.heads.map((head) => this.said<unknown>(head)) }
  }

  private said<T>({ uid, person, device, wall, value }: Head): Said<T> {
    return { uid, person, device, at: wall, value: value as T, isUnsent: this.context.isUnsent(uid) }
  }

  /** Photos that stand: a retraction is no photo. */
  private photosIn(register: Register, visit: string | null): PhotoHere[] {
    this.context.versions.follow(PHOTOS)
    return register.heads.flatMap((head) => this.photoIn(head, visit) ?? [])
  }

  private photoIn({ person, wall, value }: Head, visit: string | null): PhotoHere | null {
    if (typeof value !== "object" || value === null || !("sha256" in value)) return null
    const photo = value as Photo
    const held = this.context.parts?.photos.get(photo.sha256)
    const about = { ...photo, visit: visit ?? held?.visit ?? null, person, at: wall }
    return held
      ? { ...about, bytes: this.bytesOf(held), sent: held.sent }
      : { ...about, bytes: "elsewhere", sent: 0 }
  }

  private bytesOf({ state, sent }: PhotoRecord): PhotoHere["bytes"] {
    return state === "saved" && sent > 0 && this.context.sync.value.at === "uploading" ? "sending" : state
  }
}
