/** Opening or joining a visit: which mines and kinds there are, what is under way already, under which edition. */

import { computed, shallowRef, type ComputedRef, type ShallowRef } from "vue"
import type { VisitKind } from "../core/sync/bodies"
import { NotSaved, usePhone, type NotSavedCode, type PhoneReads } from "./phone"
import type { MineFacts, VisitFacts } from "./pulled"

export const KINDS = ["round", "full", "special", "recheck"] as const satisfies readonly VisitKind[]

export interface Opening {
  /** Mines under contract on the day. */
  mines(on: string): readonly MineFacts[]
  readonly underWay: ComputedRef<readonly VisitFacts[]>
  readonly failure: Readonly<ShallowRef<NotSavedCode | null>>
  /** The edition in force on a day, null if this phone has none. */
  edition(on: string): string | null
  /** The visit of this kind and day that is there already. */
  existing(mine: string, kind: VisitKind, on: string): VisitFacts | undefined
  /** Opens the visit, or joins it if it is there; its id, null if nothing was saved. */
  enter(mine: string, kind: VisitKind, on: string): Promise<string | null>
  join(visit: VisitFacts): Promise<string | null>
}

export function useOpening(): Opening {
  const phone = usePhone()
  const failure = shallowRef<NotSavedCode | null>(null)
  const saved = async (doing: Promise<string>): Promise<string | null> => {
    failure.value = null
    try {
      return await doing
    } catch (error) {
      failure.value = error instanceof NotSaved ? error.code : "storage"
      return null
    }
  }
  const join = async (visit: VisitFacts): Promise<string> => {
    if (!visit.joined) await phone.joinVisit(visit.id, visit.edition)
    return visit.id
  }
  const existing = (mine: string, kind: VisitKind, on: string): VisitFacts | undefined =>
    phone
      .visits()
      .find((visit) => visit.mine === mine && visit.kind === kind && visit.date === on && isGoingOn(visit))
  return {
    failure,
    existing,
    mines: (on) => phone.mines().filter((mine) => isContracted(mine, on)),
    underWay: computed(() => phone.visits().filter(isGoingOn)),
    edition: (on) => editionOn(phone, on),
    join: (visit) => saved(join(visit)),
    enter: (mine, kind, date) => {
      const there = existing(mine, kind, date)
      const edition = editionOn(phone, date)
      if (there) return saved(join(there))
      if (edition === null) return Promise.resolve(null)
      return saved(phone.openVisit({ mine, kind, date, edition, ordinal: ordinal(phone, mine, kind, date) }))
    },
  }
}

/** The how-manieth visit of its kind that day: one that was submitted or voided is not opened again. */
function ordinal(phone: PhoneReads, mine: string, kind: VisitKind, date: string): number {
  const same = phone
    .visits()
    .filter((visit) => visit.mine === mine && visit.kind === kind && visit.date === date)
  return Math.max(0, ...same.map((visit) => visit.ordinal)) + 1
}

function editionOn(phone: PhoneReads, on: string): string | null {
  const begun = phone.editions().filter((edition) => edition.inForceFrom <= on)
  const newest = begun.reduce<(typeof begun)[number] | null>(
    (best, one) => (best === null || one.inForceFrom > best.inForceFrom ? one : best),
    null,
  )
  return newest?.digest ?? null
}

function isGoingOn({ status }: VisitFacts): boolean {
  return status === "open"
}

function isContracted({ contractFrom, contractUntil, closedOn }: MineFacts, on: string): boolean {
  const holds = contractFrom !== null && contractFrom <= on && (contractUntil === null || on <= contractUntil)
  return holds && (closedOn === null || on <= closedOn)
}
