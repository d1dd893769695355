/** A finding while it is written: what the form holds, what of it is new, and what is missing before it may be saved. */

import type { FindingFields, Severity } from "../sync/bodies"
import type { SeverityWord } from "../checklist/severity"

/** The form's texts as typed; '' is nothing said. */
export interface FindingForm {
  readonly text: string
  readonly severity: Severity
  readonly place: string
  readonly deadline: string
  readonly measures: string
  readonly responsible: string
}

export type FormLack = "text_missing" | "text_too_long" | "deadline_past"

const LONGEST = 4000

/** What a phone may say of what the standards suggest: suspected at most, a supervisor confirms. */
export function severitySaid(suggested: SeverityWord): Severity {
  return suggested === "may_be_major" ? "suspected_major" : suggested
}

/** What keeps the form from being saved; `today` is the local day. */
export function lacksOf(form: FindingForm, today: string): readonly FormLack[] {
  const lacks: FormLack[] = []
  if (form.text.trim() === "") lacks.push("text_missing")
  if (form.text.length > LONGEST) lacks.push("text_too_long")
  if (form.deadline !== "" && form.deadline < today) lacks.push("deadline_past")
  return lacks
}

/** The fields that say something else than what stands; an operation names nothing that nobody changed. */
export function changed(form: FindingForm, standing: FindingFields): FindingFields {
  const said: Record<keyof FindingForm, string> = { ...form, text: form.text.trim() }
  const names = Object.keys(said) as (keyof FindingForm)[]
  const fresh = names.filter((name) => said[name] !== "" && said[name] !== standing[name])
  return Object.fromEntries(fresh.map((name) => [name, said[name]]))
}

/** A phrase taken into the text: once, on a line of its own behind what stands there. */
export function withPhrase(text: string, phrase: string): string {
  const held = text.trimEnd()
  if (held.includes(phrase)) return text
  return held === "" ? phrase : `${held}${/[。；;，,]$/.test(held) ? "" : "；"}${phrase}`
}
