/** Why the office sent a visit back, as long as that is the last word on it. */

import type { PhoneReads, Said } from "./phone"

export interface SentBack {
  readonly status: string
  readonly reason: string
}

export function sentBackOf(phone: PhoneReads, visit: string): Said<SentBack> | null {
  const { heads } = phone.register<Partial<SentBack>>(visit, "visit/status")
  const [only] = heads
  if (only === undefined || heads.length > 1) return null
  const { status, reason } = only.value
  return status === "open" && reason !== undefined ? { ...only, value: { status, reason } } : null
}
