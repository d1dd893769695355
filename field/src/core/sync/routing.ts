/**
 * Which registers an operation writes, with which parents and value: a pure reading of its text and its author, the
 * same on phone and server (SPEC, RT-1).
 */

import type { Answer, FindingEdit, Photo, Recheck, VisitIdentity } from "./bodies"
import { findingFields } from "./limits"
import type { Operation } from "./operations"

export const VISIT = ""

/** One entry to add. `sheet` is VISIT or a finding's id; a value of null only says "it is here". */
export interface Write {
  readonly sheet: string
  readonly key: string
  readonly parents: readonly string[]
  readonly value: unknown
}

/** A body that breaks a rule of its kind: the county would set the operation aside (OP-9). */
export class BrokenRule extends Error {
  override readonly name = "BrokenRule"
}

/** Throws BrokenRule. `participant` is <person>@<device>. */
export function writes(operation: Operation, participant: string): Write[] {
  const found = route(operation, participant)
  const { reg } = operation
  if (reg !== undefined && found.every((write) => write.key !== reg)) throw new BrokenRule("register")
  return found
}

function route(operation: Operation, participant: string): Write[] {
  const parents = operation.parents ?? []
  const inVisit = (key: string, value: unknown, seen = parents): Write[] => [
    { sheet: VISIT, key, parents: seen, value },
  ]
  switch (operation.kind) {
    case "chain.open":
    case "chain.rotate":
      return []
    case "visit.open":
    case "visit.join":
      return inVisit(`join/${participant}`, joining(operation.kind, operation.body), [])
    case "visit.done":
      return inVisit(`done/${participant}`, operation.body)
    case "visit.submit":
      return inVisit("visit/status", { status: "submitted", ...operation.body })
    case "item.claim":
      return inVisit(`claim/${operation.body.person}`, operation.body.items)
    default:
      return more(operation, participant, parents)
  }
}

type Remaining = Extract<
  Operation,
  {
    kind:
      "answer.set" | "visit.sign" | "note.add" | `place.${string}` | `photo.${string}` | `finding.${string}`
  }
>

function more(operation: Remaining, participant: string, parents: readonly string[]): Write[] {
  switch (operation.kind) {
    case "answer.set":
      return answer(operation)
    case "place.mark":
      return [{ sheet: VISIT, key: `mark/${operation.uid}`, parents: [], value: operation.body }]
    case "place.add":
      return [{ sheet: VISIT, key: `place/${operation.body.place}`, parents, value: operation.body }]
    case "visit.sign":
      return signing(operation, participant, parents)
    case "note.add":
      return note(operation, parents)
    case "photo.add":
    case "photo.retract":
      return photo(operation, parents)
    default:
      return ofFinding(operation, parents)
  }
}

type OfFinding = Extract<Operation, { kind: `finding.${string}` }>

function ofFinding(operation: OfFinding, parents: readonly string[]): Write[] {
  switch (operation.kind) {
    case "finding.set":
      return [...findingEdit(operation.body), ...touch(operation, operation.body.finding)]
    case "finding.retract": {
      const { finding, reason } = operation.body
      const write = { sheet: finding, key: "state", parents, value: { retracted: reason } }
      return [write, ...touch(operation, finding)]
    }
    case "finding.recheck": {
      const { finding } = operation.body
      return [
        { sheet: finding, key: "status", parents, value: recheck(operation.body) },
        ...touch(operation, finding),
      ]
    }
  }
}

function note(operation: Extract<Operation, { kind: "note.add" }>, parents: readonly string[]): Write[] {
  const { body } = operation
  const sheet = findingOf(body.of)
  const write = { sheet, key: `note/${body.note}`, parents, value: body }
  return sheet === VISIT ? [write] : [write, ...touch(operation, sheet)]
}

function answer(operation: Extract<Operation, { kind: "answer.set" }>): Write[] {
  const { reg = "", body, parents = [] } = operation
  const [sort, item, place, ...rest] = reg.split("/")
  if (sort !== "answer" || !item || !place || rest.length > 0) throw new BrokenRule("register")
  checkAnswer(body)
  return [{ sheet: VISIT, key: reg, parents, value: body }]
}

function checkAnswer({ outcome, reason, undone, value, settings }: Answer): void {
  if ((outcome === "unseen" || outcome === "na") && !reason) throw new BrokenRule("reason_required")
  const saysMore = outcome !== "unseen" || value !== undefined || settings !== undefined
  if (undone && saysMore) throw new BrokenRule("undone_says_nothing")
}

function joining(by: string, body: VisitIdentity): unknown {
  checkDay(body.date)
  return { edition: body.edition, by, ...(body.role ? { role: body.role } : {}) }
}

function signing(
  operation: Extract<Operation, { kind: "visit.sign" }>,
  participant: string,
  parents: readonly string[],
): Write[] {
  const { body } = operation
  if (body.refused && !body.reason) throw new BrokenRule("reason_required")
  const who = body.role === "member" ? (body.person ?? personOf(participant)) : "-"
  return [{ sheet: VISIT, key: `sign/${body.role}/${who}`, parents, value: body }]
}

/** A finding's photo stands on both sheets: the visit counts it, the finding keeps it (PH-2). */
function photo(
  operation: Extract<Operation, { kind: `photo.${string}` }>,
  parents: readonly string[],
): Write[] {
  const { body } = operation
  const value: Photo | { gone: string } =
    operation.kind === "photo.add" ? operation.body : { gone: operation.body.reason }
  const key = `photo/${body.photo}`
  const sheet = findingOf(body.of)
  const found = sheet === VISIT ? [] : [{ sheet, key, parents, value }]
  if (operation.visit === undefined && sheet !== VISIT) return found
  return [...found, { sheet: VISIT, key, parents, value }]
}

function findingEdit(body: FindingEdit): Write[] {
  const { finding, set, seen = {} } = body
  for (const field of Object.keys(seen)) if (!FIELDS.has(field)) throw new BrokenRule("field")
  checkDay(set.deadline)
  const said: (readonly [string, unknown])[] = Object.entries(findingFields(set))
  return [...said, ["state", "live"] as const].map(([field, value]) => ({
    sheet: finding,
    key: field,
    parents: seen[field] ?? [],
    value,
  }))
}

function recheck(body: Recheck): unknown {
  checkDay(body.deadline)
  const { result, note, deadline } = body
  return {
    step: "recheck",
    result,
    ...(note === undefined ? {} : { note }),
    ...(deadline ? { deadline } : {}),
  }
}

/** The visit's sheet lists which operations touched which finding, for counting (VS-5). */
function touch(operation: Operation, finding: string): Write[] {
  if (operation.visit === undefined) return []
  return [{ sheet: VISIT, key: `finding/${finding}`, parents: [], value: null }]
}

function findingOf(of: string): string {
  const [sort, ...rest] = of.split("/")
  if (sort !== "finding") return VISIT
  const name = rest.join("/")
  if (name.length !== 22) throw new BrokenRule("finding")
  return name
}

/** A day of the calendar, with room around it. */
function checkDay(day: string | undefined): void {
  if (day === undefined) return
  const at = new Date(`${day}T00:00:00Z`)
  const real = !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === day
  if (!real || at.getUTCFullYear() < 1900 || at.getUTCFullYear() >= 9999) throw new BrokenRule("day")
}

function personOf(participant: string): string {
  return participant.slice(0, participant.indexOf("@"))
}

const FIELDS = new Set([
  "state",
  "item",
  "place",
  "severity",
  "text",
  "deadline",
  "measures",
  "responsible",
  "answer",
])
