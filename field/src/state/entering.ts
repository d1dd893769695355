/** A value while it is being typed on the number pad: fields, unit, and what it would come to if it were saved now. */

import { computed, shallowRef, type ComputedRef, type ShallowRef } from "vue"
import type { AnswerType } from "../core/checklist/definition"
import { partsOf, type Pair } from "../core/checklist/definition"
import type { Judgement } from "../core/checklist/evaluation"
import { dayTyped, finished, press, type PadKey, type PadKind } from "../core/checklist/typing"
import type { Answer } from "../core/sync/bodies"
import type { VisitView } from "./visit"

/** The one field of an item that asks for a single value. */
export const VALUE = "value"

export interface Entering {
  readonly kind: PadKind
  readonly fields: readonly string[]
  readonly active: ShallowRef<string>
  readonly unit: ShallowRef<string | undefined>
  readonly texts: Readonly<ShallowRef<Readonly<Record<string, string>>>>
  /** Null while nothing is typed. */
  readonly judged: ComputedRef<Judgement | null>
  /** What would be saved; null while nothing is typed. */
  readonly answer: ComputedRef<Answer | null>
  press(key: PadKey): void
  put(text: string): void
}

export function useEntering(view: VisitView, pair: Pair): Entering {
  const asked = view.item(pair)?.answer ?? { type: "pass_fail" }
  const kind = kindOf(asked)
  const fields = fieldsOf(asked)
  const active = shallowRef(fields[0] ?? VALUE)
  const unit = shallowRef(unitBefore(view, pair, asked))
  const texts = shallowRef<Readonly<Record<string, string>>>({})
  const put = (text: string): void => {
    texts.value = { ...texts.value, [active.value]: text }
  }
  const typed = computed(() => typedOf(texts.value, kind))
  const judged = computed(() => {
    if (typed.value === null) return null
    const given = withUnit({ outcome: "pass", ...typed.value }, unit.value)
    return view.edition.value?.judge(partsOf(pair)[0], given, view.facts.value?.date ?? "") ?? null
  })
  const answer = computed<Answer | null>(() => {
    if (typed.value === null || judged.value === null) return null
    return withUnit({ outcome: judged.value.outcome, ...typed.value }, unit.value)
  })
  return {
    ...{ kind, fields, active, unit, texts, judged, answer, put },
    press: (key) => put(press(texts.value[active.value] ?? "", key, kind)),
  }
}

function kindOf(asked: AnswerType): PadKind {
  if (asked.type === "date") return "day"
  return asked.type === "count" ? "whole" : "decimal"
}

function fieldsOf(asked: AnswerType): string[] {
  const named = asked.type === "number" || asked.type === "pass_fail" ? Object.keys(asked.fields ?? {}) : []
  return named.length > 0 ? named : [VALUE]
}

/** The unit of the reading before, so that who carries a ppm meter does not switch every time. */
function unitBefore(view: VisitView, pair: Pair, asked: AnswerType): string | undefined {
  const here = view.answer(pair).heads[0]?.value.unit ?? view.last.value.get(pair)?.answer.unit
  return asked.type === "date" ? undefined : (here ?? asked.unit)
}

function typedOf(
  texts: Readonly<Record<string, string>>,
  kind: PadKind,
): Pick<Answer, "value" | "settings"> | null {
  const spelled = (text: string): string => (kind === "day" ? dayTyped(text) : finished(text))
  const given = Object.entries(texts).filter(([, text]) => text !== "" && text !== "-")
  if (given.length === 0) return null
  const single = given.find(([name]) => name === VALUE)
  if (single) return { value: spelled(single[1]) }
  return { settings: Object.fromEntries(given.map(([name, text]) => [name, spelled(text)])) }
}

function withUnit<A extends Answer>(answer: A, unit: string | undefined): A {
  return unit === undefined ? answer : { ...answer, unit }
}
