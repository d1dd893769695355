import { t } from "../../messages"

const KNOWN = ["mining", "ventilation", "electromechanical", "geology", "safety"] as const

/** The word for a specialty, "" for nobody's. */
export function specialtyWord(specialty: string | null): string {
  const known = KNOWN.find((one) => one === specialty)
  return known === undefined ? "" : t(`phone.specialty.${known}`)
}
