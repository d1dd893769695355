/**
 * One finding as its screens write and show it. Every letter is kept as a draft under the person's key; what is saved
 * becomes an operation that names only what changed.
 */

import { computed, reactive, ref, type ComputedRef, type Ref } from "vue"
import type { Item } from "../core/checklist/definition"
import { severityOn, type SeverityWord } from "../core/checklist/severity"
import { changed, lacksOf, severitySaid, type FindingForm, type FormLack } from "../core/findings/form"
import { defaultDeadline, suggestDeadlines, type Offer } from "../core/patrol/deadlines"
import { localDay } from "../core/patrol/periods"
import type { Answer, FindingFields } from "../core/sync/bodies"
import { keepDrafts } from "./drafts"
import { editionOf } from "./editions"
import { NotSaved, usePhone, type NotSavedCode, type PhoneStore, type ShownFinding } from "./phone"

/** A finding that is there, or the pair that one is about to be written for; '-' is the mine itself. */
export interface FindingSubject {
  readonly visit: string
  readonly finding: string | null
  readonly item: string | null
  readonly place: string | null
}

export interface FindingWriting {
  readonly form: { -readonly [name in keyof FindingForm]: FindingForm[name] }
  readonly id: Readonly<Ref<string | null>>
  readonly item: ComputedRef<Item | null>
  readonly reading: ComputedRef<Answer | null>
  /** What a failure of the item may amount to on the visit's day. */
  readonly suggested: ComputedRef<SeverityWord>
  /** The form says suspected major, and nothing saved has said so yet. */
  readonly isNewlyGrave: ComputedRef<boolean>
  readonly offers: ComputedRef<readonly Offer[]>
  /** Words that findings of the same item had at this mine before, newest first, at most three. */
  readonly earlier: ComputedRef<readonly string[]>
  readonly lacks: ComputedRef<readonly FormLack[]>
  readonly failure: Readonly<Ref<NotSavedCode | null>>
  /** Makes the finding exist, so that a photo can be taken of it; its id, null if nothing was saved. */
  ensure(): Promise<string | null>
  /** Saves what changed; whether it is on the phone now. */
  save(): Promise<boolean>
}

const GRAVE = "suspected_major"

export function useFindingWriting(subject: FindingSubject): FindingWriting {
  const phone = usePhone()
  const id = ref(subject.finding ?? standingFor(phone, subject))
  const shown = computed(() => (id.value === null ? null : phone.finding(id.value)))
  const item = computed(() => itemOf(phone, subject, shown.value))
  const today = (): string => localDay(Date.now())
  const suggested = computed(() => suggestedOf(phone, subject.visit, item.value))
  const form = reactive(formOf(shown.value, subject, suggested.value))
  const failure = ref<NotSavedCode | null>(null)
  const draft = keepDrafts(phone, `finding/${subject.visit}/${id.value ?? pairOf(subject)}`, form)
  const write = async (fields: FindingFields): Promise<string | null> => {
    failure.value = null
    try {
      id.value = await phone.setFinding(subject.visit, fields, id.value ?? undefined)
      return id.value
    } catch (error) {
      failure.value = error instanceof NotSaved ? error.code : "storage"
      return null
    }
  }
  const fields = (): FindingFields => ({
    ...(shown.value === null && item.value ? { item: item.value.key } : {}),
    ...changed(withDeadline(form, today()), standingFields(shown.value)),
  })
  return {
    ...{ form, id, item, suggested, failure },
    isNewlyGrave: computed(() => form.severity === GRAVE && standingFields(shown.value).severity !== GRAVE),
    reading: computed(() => readingOf(phone, subject)),
    offers: computed(() => suggestDeadlines(form.severity, today())),
    earlier: computed(() => earlierOf(phone, subject, item.value)),
    lacks: computed(() => lacksOf(form, today())),
    ensure: () => (id.value === null ? write(fields()) : Promise.resolve(id.value)),
    save: async () => {
      const said = fields()
      const saved = Object.keys(said).length === 0 ? id.value !== null : (await write(said)) !== null
      if (saved) await draft.drop()
      return saved
    },
  }
}

/** A failure that was tapped twice has one finding. */
function standingFor(phone: PhoneStore, { visit, item, place }: FindingSubject): string | null {
  if (item === null) return null
  const same = phone.findings({ visit }).find((finding) => {
    const standing = standingFields(finding)
    const lives = finding.state.heads.some(({ value }) => value === "live")
    return lives && standing.item === item && (standing.place ?? "-") === (place ?? "-")
  })
  return same?.finding ?? null
}

/** The value of each field that counts on the form: the first head. */
export function standingFields(finding: ShownFinding | null): FindingFields {
  const entries = Object.entries(finding?.fields ?? {})
  return Object.fromEntries(entries.map(([name, shown]) => [name, shown.heads[0]?.value]))
}

function formOf(
  finding: ShownFinding | null,
  { place }: FindingSubject,
  suggested: SeverityWord,
): FindingForm {
  const standing = standingFields(finding)
  return {
    text: standing.text ?? "",
    severity: standing.severity ?? severitySaid(suggested),
    place: standing.place ?? (place === "-" ? "" : (place ?? "")),
    deadline: standing.deadline ?? "",
    measures: standing.measures ?? "",
    responsible: standing.responsible ?? "",
  }
}

function withDeadline(form: FindingForm, today: string): FindingForm {
  return form.deadline === "" ? { ...form, deadline: defaultDeadline(form.severity, today) } : form
}

function itemOf(
  phone: PhoneStore,
  { visit, item }: FindingSubject,
  finding: ShownFinding | null,
): Item | null {
  const key = standingFields(finding).item ?? item
  const edition = editionOf(phone, phone.visit(visit)?.edition ?? "")
  return (key === null ? undefined : edition?.items.get(key)) ?? null
}

function suggestedOf(phone: PhoneStore, visit: string, item: Item | null): SeverityWord {
  const facts = phone.visit(visit)
  const edition = editionOf(phone, facts?.edition ?? "")
  if (item === null || facts === null || edition === null) return "general"
  return severityOn(item, edition.checklist.standards, facts.date).severity
}

function readingOf(phone: PhoneStore, { visit, item, place }: FindingSubject): Answer | null {
  return item === null ? null : (phone.answer(visit, item, place ?? "-").heads[0]?.value ?? null)
}

function earlierOf(phone: PhoneStore, { visit }: FindingSubject, item: Item | null): readonly string[] {
  const mine = phone.visit(visit)?.mine
  if (mine === undefined || item === null) return []
  const same = phone
    .findings({ mine })
    .map(standingFields)
    .filter((fields) => fields.item === item.key)
  return [...new Set(same.flatMap(({ text }) => (text === undefined ? [] : [text])))].slice(-3).reverse()
}

function pairOf({ item, place }: FindingSubject): string {
  return `${item ?? "none"}/${place ?? "-"}`
}
