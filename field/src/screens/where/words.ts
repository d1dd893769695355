/** How a whereabouts is said. */

import { t } from "../../messages"
import { STALE_AFTER_MS, type Whereabouts } from "../../state/where"

const MINUTE_MS = 60_000

export function whereOf({ location, place }: Whereabouts): string {
  const name = place?.name ?? location.place ?? "—"
  switch (location.kind) {
    case "checkpoint":
      return t("phone.where.checkpoint", { place: name })
    case "manual":
      return t("phone.where.manual", { place: name })
    case "gnss":
      return t("phone.where.gnss", { accuracy: Math.round(location.accuracy ?? 0) })
    case "none":
      return t("phone.where.unknown")
  }
}

export function agoOf(at: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - at) / MINUTE_MS))
  if (minutes === 0) return t("phone.where.ago_now")
  if (minutes < 60) return t("phone.where.ago_minutes", { minutes })
  return t("phone.where.ago_hours", { hours: Math.floor(minutes / 60) })
}

/** Nothing was said, or so long ago that it says nothing of now. */
export function isStale(here: Whereabouts | null, now: number): boolean {
  return here === null || now - here.at > STALE_AFTER_MS
}
