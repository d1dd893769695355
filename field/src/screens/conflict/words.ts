/** A finding's field as one side says it. */

import { t, tell } from "../../messages"

export function fieldWords(field: string, value: unknown): string {
  if (field === "state")
    return value === "live"
      ? t("phone.conflict.live")
      : t("phone.conflict.retracted", { reason: (value as { retracted: string }).retracted })
  if (field === "status") return statusWords(value as { step: string; result?: string })
  if (field === "severity") return tell(`phone.finding.severity.${String(value)}`)
  return typeof value === "string" ? value : ""
}

function statusWords({ step, result }: { step: string; result?: string }): string {
  return result === undefined ? tell(`phone.finding.step.${step}`) : tell(`phone.finding.recheck.${result}`)
}
