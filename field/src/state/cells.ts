/** Pair → the mark it stands under, worked out again only for a pair whose answer, photos or finding changed. */

import { computed, type ComputedRef } from "vue"
import { partsOf, type Pair } from "../core/checklist/definition"
import type { Edition } from "../core/checklist/edition"
import { codesOf } from "../core/checklist/wanting"
import { cellOf, type Cell, type Lack } from "../core/patrol/marks"
import type { PhoneStore, ShownFinding } from "./phone"
import type { VisitFacts } from "./pulled"

interface Subject {
  readonly id: string
  readonly facts: ComputedRef<VisitFacts | null>
  readonly edition: ComputedRef<Edition | null>
}

export function cellReader(phone: PhoneStore, { id, facts, edition }: Subject): (pair: Pair) => Cell {
  const described = computed(() => pairsWithFinding(phone.findings({ visit: id })))
  const photographed = computed(() => pairsWithPhoto(phone, id))
  const cells = new Map<Pair, ComputedRef<Cell>>()
  const read = (pair: Pair): Cell => {
    const { heads, counted, disputed } = phone.answer(id, ...partsOf(pair))
    const first = heads.find(({ value }) => value.undone !== true)
    if (first === undefined || edition.value === null || counted === null)
      return cellOf(null, ["not_answered"], false)
    const on = facts.value?.date ?? ""
    const answers = new Map([[pair, { ...first.value, outcome: counted }]])
    const lacks: Lack[] = codesOf(edition.value, pair, { answers, photographed: photographed.value, on })
    if (counted === "fail" && !described.value.has(pair)) lacks.push("finding_missing")
    return cellOf(counted, lacks, disputed)
  }
  return (pair) => {
    let cell = cells.get(pair)
    if (cell === undefined) cells.set(pair, (cell = computed(() => read(pair))))
    return cell.value
  }
}

/** Pairs that a living finding of the visit speaks of. */
function pairsWithFinding(findings: readonly ShownFinding[]): ReadonlySet<Pair> {
  const spoken = findings.filter((finding) => finding.state.heads.some((head) => head.value === "live"))
  return new Set(spoken.map((finding) => `${said(finding, "item")}/${said(finding, "place")}`))
}

function said(finding: ShownFinding, field: "item" | "place"): string {
  return finding.fields[field]?.heads[0]?.value ?? "-"
}

/** Pairs with a photo of the answer, or of a finding about it. */
function pairsWithPhoto(phone: PhoneStore, id: string): ReadonlySet<Pair> {
  const findings = new Map(phone.findings({ visit: id }).map((finding) => [finding.finding, finding]))
  const of = phone.photos({ visit: id }).map((photo) => photo.of)
  return new Set(of.map((about) => pairOfPhoto(about, findings)))
}

function pairOfPhoto(about: string, findings: ReadonlyMap<string, ShownFinding>): Pair {
  if (about.startsWith("answer/")) return about.slice("answer/".length)
  const finding = about.startsWith("finding/") ? findings.get(about.slice("finding/".length)) : undefined
  return finding === undefined ? "" : `${said(finding, "item")}/${said(finding, "place")}`
}
