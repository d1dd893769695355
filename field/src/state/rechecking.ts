/** A re-check while it is made: the result, what is still missing, and what is kept as a draft until it is saved. */

import { computed, reactive, ref, type ComputedRef, type Ref } from "vue"
import { localDay } from "../core/patrol/periods"
import { suggestDeadlines, type Offer } from "../core/patrol/deadlines"
import type { Recheck } from "../core/sync/bodies"
import { keepDrafts } from "./drafts"
import { NotSaved, usePhone, type NotSavedCode } from "./phone"

export type RecheckLack = "result" | "note"

interface RecheckForm {
  result: Recheck["result"] | ""
  note: string
  deadline: string
}

export interface Rechecking {
  readonly form: RecheckForm
  readonly lack: ComputedRef<RecheckLack | null>
  readonly offers: ComputedRef<readonly Offer[]>
  readonly failure: Readonly<Ref<NotSavedCode | null>>
  readonly save: () => Promise<boolean>
}

export function useRechecking(visit: string, finding: string): Rechecking {
  const phone = usePhone()
  const form = reactive<RecheckForm>({ result: "", note: "", deadline: "" })
  const failure = ref<NotSavedCode | null>(null)
  const draft = keepDrafts(phone, `recheck/${visit}/${finding}`, form)
  const lack = computed(() => lackOf(form))
  return {
    ...{ form, lack, failure },
    offers: computed(() => suggestDeadlines("general", localDay(Date.now()))),
    save: async () => {
      failure.value = null
      if (form.result === "" || lack.value !== null) return false
      try {
        await phone.recheckFinding(visit, bodyOf(finding, form, form.result))
        await draft.drop()
        return true
      } catch (error) {
        failure.value = error instanceof NotSaved ? error.code : "storage"
        return false
      }
    },
  }
}

/** A failed re-check says what is still wrong; a passed one needs no words. */
function lackOf({ result, note }: RecheckForm): RecheckLack | null {
  if (result === "") return "result"
  return result === "failed" && note.trim() === "" ? "note" : null
}

function bodyOf(finding: string, { note, deadline }: RecheckForm, result: Recheck["result"]): Recheck {
  return {
    ...{ finding, result },
    ...(note.trim() === "" ? {} : { note: note.trim() }),
    ...(result === "failed" && deadline !== "" ? { deadline } : {}),
  }
}
