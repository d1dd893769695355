/** Ending a visit: what it lacks, who has signed, this phone's "done", and the leader's submission. */

import { computed, shallowRef, type ComputedRef, type ShallowRef } from "vue"
import { gapsOf, type Gap } from "../core/patrol/gaps"
import type { Done, Signing } from "../core/sync/bodies"
import { NotSaved, usePhone, type NewPhoto, type NotSavedCode, type PhoneReads, type Said } from "./phone"
import type { VisitView } from "./visit"

export interface Drawing {
  readonly bytes: ArrayBuffer
  readonly width: number
  readonly height: number
}

/** What the current person has made in this visit, as their `done` counts it. */
export interface OwnWork extends Done {
  /** Wall ms of the last of it, 0 for none. */
  readonly last: number
}

/** What somebody made of a visit. */
export interface Standing {
  readonly status: string
}

const HANDED_IN = ["submitted", "approved"]

export interface Signatures {
  readonly members: readonly Said<Signing>[]
  readonly companion: Said<Signing> | null
}

export interface Ending {
  readonly gaps: ComputedRef<readonly Gap[]>
  readonly signatures: ComputedRef<Signatures>
  readonly own: ComputedRef<OwnWork>
  /** This phone's own "done", null before. */
  readonly doneSaid: ComputedRef<Said<Done> | null>
  /** Whether something was added after it. */
  readonly isDoneStale: ComputedRef<boolean>
  /** The submission that stands, or the office's word that it approved it. */
  readonly submitted: ComputedRef<Said<Standing> | null>
  readonly isLeader: ComputedRef<boolean>
  readonly failure: Readonly<ShallowRef<NotSavedCode | null>>
  signAsMember(person: string, drawing: Drawing): Promise<boolean>
  signAsCompanion(name: string, drawing: Drawing): Promise<boolean>
  refuse(name: string, reason: string): Promise<boolean>
  done(): Promise<boolean>
  /** Says this phone's own "done" first where that is still owed. */
  submit(note: string): Promise<boolean>
}

export function useEnding(view: VisitView): Ending {
  const phone = usePhone()
  const failure = shallowRef<NotSavedCode | null>(null)
  const signatures = computed(() => signaturesOf(phone, view.id))
  const doneSaid = computed(() => doneOf(phone, view.id))
  const own = computed(() => ownWork(phone, view))
  const isDoneStale = computed(() => doneSaid.value !== null && own.value.last > doneSaid.value.at)
  const saved = async (doing: () => Promise<void>): Promise<boolean> => {
    failure.value = null
    try {
      await doing()
      return true
    } catch (error) {
      failure.value = error instanceof NotSaved ? error.code : "storage"
      return false
    }
  }
  return {
    ...{ signatures, own, doneSaid, isDoneStale, failure },
    gaps: computed(() => gapsNow(phone, view, signatures.value)),
    submitted: computed(() => submissionOf(phone, view.id)),
    isLeader: computed(() => phone.person?.role === "leader"),
    signAsMember: (person, drawing) =>
      saved(() =>
        phone.sign(view.id, { role: "member", name: view.nameOf(person), person }, pictureOf(drawing)),
      ),
    signAsCompanion: (name, drawing) =>
      saved(() => phone.sign(view.id, { role: "companion", name }, pictureOf(drawing))),
    refuse: (name, reason) =>
      saved(() => phone.sign(view.id, { role: "companion", name, refused: true, reason })),
    done: () => saved(() => phone.done(view.id)),
    submit: (note) =>
      saved(async () => {
        if (doneSaid.value === null || isDoneStale.value) await phone.done(view.id)
        await phone.submit(view.id, note === "" ? undefined : note)
      }),
  }
}

function gapsNow(phone: PhoneReads, view: VisitView, { members, companion }: Signatures): Gap[] {
  return gapsOf({
    cells: new Map(view.pairs.value.map((pair) => [pair, view.cell(pair)])),
    joined: view.facts.value?.participants ?? [],
    done: phone.keys(view.id, "done/").map((key) => key.slice("done/".length)),
    membersSigned: members.length,
    companionAsked: companion !== null,
  })
}

function signaturesOf(phone: PhoneReads, visit: string): Signatures {
  const signed = phone
    .keys(visit, "sign/")
    .flatMap((key) => phone.register<Signing>(visit, key).heads.slice(0, 1))
  return {
    members: signed.filter(({ value }) => value.role === "member"),
    companion: signed.find(({ value }) => value.role === "companion") ?? null,
  }
}

function doneOf(phone: PhoneReads, visit: string): Said<Done> | null {
  const key = `done/${phone.person?.id ?? ""}@${phone.device}`
  return phone.register<Done>(visit, key).heads[0] ?? null
}

function submissionOf(phone: PhoneReads, visit: string): Said<Standing> | null {
  const { heads } = phone.register<Standing>(visit, "visit/status")
  return heads.find(({ value }) => HANDED_IN.includes(value.status)) ?? null
}

function ownWork(phone: PhoneReads, view: VisitView): OwnWork {
  const isOwn = (said: { readonly person: string; readonly device?: string }): boolean =>
    said.person === phone.person?.id
  const answers = view.pairs.value.flatMap((pair) => view.answer(pair).heads).filter(isOwn)
  const findings = phone
    .findings({ visit: view.id })
    .flatMap(({ state }) => state.heads)
    .filter(isOwn)
  const photos = phone.photos({ visit: view.id }).filter(isOwn)
  const last = Math.max(0, ...[...answers, ...findings, ...photos].map(({ at }) => at))
  return { answers: answers.length, findings: findings.length, photos: photos.length, last }
}

function pictureOf({ bytes, width, height }: Drawing): NewPhoto {
  return { of: "visit", bytes, mime: "image/png", width, height, source: "stream", role: "signature" }
}
