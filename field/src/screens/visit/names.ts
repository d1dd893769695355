/** What a stop is called. */

import type { Stop } from "../../core/patrol/places"
import { t } from "../../messages"

export function stopName(stop: Stop): string {
  if (stop.name !== null) return stop.name
  const kind = t(`phone.visit.class.${stop.class}`)
  return stop.class === "mine" ? kind : t("phone.visit.stop.of_mine", { name: kind })
}
