/** Disputes between phones: both sides as they stand, and the leader's word that names them all. */

import { computed, shallowRef, type ComputedRef, type ShallowRef } from "vue"
import type { Answer, Recheck } from "../core/sync/bodies"
import { NotSaved, usePhone, type NotSavedCode, type PhoneStore, type Said } from "./phone"
import type { Conflict, PhotoHere } from "./sending"

export interface Settling {
  readonly conflicts: ComputedRef<readonly Conflict[]>
  /** Whether the open person settles for the team. */
  readonly isLeader: ComputedRef<boolean>
  readonly failure: Readonly<ShallowRef<NotSavedCode | null>>
  /** What a side's author photographed of it. */
  readonly photosOf: (conflict: Conflict, side: Said<unknown>) => readonly PhotoHere[]
  /** Says one side's value again, every side named; whether it was saved. */
  readonly take: (conflict: Conflict, side: Said<unknown>) => Promise<boolean>
}

/** `about`: only this register's disputes, or all of the visit. */
export function useSettling(visit: string, about: () => string | null): Settling {
  const phone = usePhone()
  const failure = shallowRef<NotSavedCode | null>(null)
  return {
    failure,
    conflicts: computed(() => {
      const wanted = about()
      return phone.conflicts(visit).filter((one) => wanted === null || one.about === wanted)
    }),
    isLeader: computed(() => phone.person?.role === "leader"),
    photosOf: (conflict, side) => photosOf(phone, conflict).filter((photo) => photo.person === side.person),
    take: async (conflict, side) => {
      failure.value = null
      try {
        await settle(phone, conflict, side.value)
        return true
      } catch (error) {
        if (!(error instanceof NotSaved)) throw error
        failure.value = error.code
        return false
      }
    },
  }
}

function photosOf(phone: PhoneStore, { visit, about }: Conflict): readonly PhotoHere[] {
  const [sort, finding = ""] = about.split("/")
  return sort === "finding" ? phone.photos({ finding }) : phone.photos({ visit, of: about })
}

function settle(phone: PhoneStore, { visit, about, field }: Conflict, value: unknown): Promise<void> {
  const [sort, name = "", place = "-"] = about.split("/")
  if (sort === "answer") return phone.settleAnswer(visit, name, place, answerOf(value))
  if (field === "state") return settleState(phone, visit, name, value)
  if (field === "status") return phone.recheckFinding(visit, recheckOf(name, value))
  return phone.settleFinding(visit, name, { [field]: value })
}

/** The person's own words, without what the county judged beside them. */
function answerOf(value: unknown): Answer {
  const answer = Object.entries(value as Answer).filter(([name]) => name !== "judged")
  return Object.fromEntries(answer) as unknown as Answer
}

/** Any edit that saw the retraction lets the finding live; an empty one says nothing else. */
function settleState(phone: PhoneStore, visit: string, finding: string, value: unknown): Promise<void> {
  if (value === "live") return phone.settleFinding(visit, finding, {})
  return phone.retractFinding(visit, finding, (value as { retracted: string }).retracted)
}

function recheckOf(finding: string, value: unknown): Recheck {
  const { result, note, deadline } = value as Partial<Recheck>
  const more = { ...(note === undefined ? {} : { note }), ...(deadline === undefined ? {} : { deadline }) }
  return { finding, result: result ?? "failed", ...more }
}
