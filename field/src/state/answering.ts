/**
 * Saying what was seen: an answer is on its way to durable storage with one tap, can be taken back by saying again what
 * stood there before, and a save that failed is told, never swallowed.
 */

import { computed, shallowRef, type ComputedRef, type ShallowRef } from "vue"
import { partsOf, type Pair } from "../core/checklist/definition"
import type { Answer, Outcome } from "../core/sync/bodies"
import { t } from "../messages"
import { NotSaved, usePhone, type NotSavedCode } from "./phone"
import type { VisitView } from "./visit"

/** What has just been said of a pair; `before`: what stood there, null for nothing. */
export interface Taken {
  readonly pair: Pair
  readonly outcome: Outcome
  readonly before: Answer | null
}

export interface Answering {
  readonly last: Readonly<ShallowRef<Taken | null>>
  readonly failure: Readonly<ShallowRef<NotSavedCode | null>>
  readonly canUndo: ComputedRef<boolean>
  /** Resolves to whether it is saved on this phone. */
  say(pair: Pair, answer: Answer): Promise<boolean>
  undo(): Promise<boolean>
  forget(): void
}

/** What is said over a slip of the hand where nothing stood before. */
const UNDONE = { outcome: "unseen", reason: t("phone.visit.answer.undo_reason"), undone: true } as const

export function useAnswering(view: VisitView): Answering {
  const phone = usePhone()
  const last = shallowRef<Taken | null>(null)
  const failure = shallowRef<NotSavedCode | null>(null)
  const save = async (pair: Pair, answer: Answer): Promise<boolean> => {
    failure.value = null
    try {
      await phone.setAnswer(view.id, ...partsOf(pair), answer)
      return true
    } catch (error) {
      failure.value = error instanceof NotSaved ? error.code : "storage"
      return false
    }
  }
  return {
    last,
    failure,
    canUndo: computed(() => last.value !== null),
    say: async (pair, answer) => {
      const before = standing(view, pair)
      const saved = await save(pair, answer)
      if (saved) last.value = { pair, outcome: answer.outcome, before }
      return saved
    },
    undo: async () => {
      const taken = last.value
      if (taken === null) return false
      last.value = null
      return save(taken.pair, taken.before ?? UNDONE)
    },
    forget: () => {
      last.value = null
      failure.value = null
    },
  }
}

/** The answer that stands, without what the county added to it; null for none, and for one taken back. */
function standing(view: VisitView, pair: Pair): Answer | null {
  const value = view.answer(pair).heads[0]?.value
  if (value === undefined || value.undone === true) return null
  const answer = { ...value }
  delete answer.judged
  return answer
}
