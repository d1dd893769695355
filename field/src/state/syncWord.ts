/** What the bar says of every screen: what is saved on this phone, and what the county has. */

import { computed, type ComputedRef } from "vue"
import type { IconName } from "../../generated/icon-names"
import { t } from "../messages"
import { usePhone, type PhoneStore } from "./phone"

export interface SyncWord {
  readonly word: string
  readonly icon: IconName
  readonly state: "covered" | "under-way" | "due" | "nothing" | "missed"
}

export function useSyncWord(): ComputedRef<SyncWord> {
  const phone = usePhone()
  return computed(() => syncWord(phone))
}

/** What needs a person comes first, then what the county lacks; the rest is received. */
export function syncWord({ sync, counts }: Pick<PhoneStore, "sync" | "counts">): SyncWord {
  const unsent = counts.saved + counts.photosSaved + counts.carried
  if (sync.at === "revoked") return { word: t("phone.bar.revoked", { unsent }), icon: "ban", state: "missed" }
  if (counts.setAside > 0)
    return {
      word: t("phone.bar.set_aside", { count: counts.setAside }),
      icon: "triangle-alert",
      state: "due",
    }
  if (sync.at === "uploading" || (sync.at === "exchanging" && unsent > 0))
    return { word: t("phone.bar.sending", { unsent }), icon: "cloud-upload", state: "under-way" }
  if (unsent > 0) return { word: t("phone.bar.saved", { unsent }), icon: "smartphone", state: "under-way" }
  if (counts.received + counts.photosReceived === 0)
    return { word: t("phone.bar.nothing"), icon: "check", state: "nothing" }
  return { word: t("phone.bar.received"), icon: "check-check", state: "covered" }
}
