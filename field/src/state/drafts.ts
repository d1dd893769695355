/** Forms that survive the camera, a locked phone and an ended app: every letter is kept under the person's key. */

import { watch } from "vue"
import type { PhoneStore } from "./phone"

const DRAFT_AFTER_MS = 300

/** Keeps what is typed, and brings back what an ended app had kept. */
export function keepDrafts(phone: PhoneStore, name: string, form: object): { drop: () => Promise<void> } {
  let timer: ReturnType<typeof setTimeout> | undefined
  void phone.draft(name).then((kept) => {
    if (typeof kept === "object" && kept !== null) Object.assign(form, kept)
    watch(form, () => {
      clearTimeout(timer)
      timer = setTimeout(() => void phone.keepDraft(name, { ...form }), DRAFT_AFTER_MS)
    })
  })
  return {
    drop: () => {
      clearTimeout(timer)
      return phone.dropDraft(name)
    },
  }
}
