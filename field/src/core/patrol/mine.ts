/**
 * What a mine is on a given day, from what the county sends: values in force, places in use. Values are added,
 * never overwritten; places are closed, never removed.
 */

import type { Picture, Place } from "../checklist/applicability"

/** A value of an attribute, of the mine or of one of its places, in force since a day. */
export interface AttributeValue {
  readonly name: string
  readonly value: unknown
  readonly fromDate: string
  readonly recordedAt: string
  readonly place: string | null
}

/** A place of the register. */
export interface RegisteredPlace extends Place {
  readonly name: string
  readonly code: string | null
  readonly status: string
}

/** The mine as applicability is judged from it; a proposed place does not count yet. Places by kind and code. */
export function pictureOn(
  history: Iterable<AttributeValue>,
  register: Iterable<RegisteredPlace>,
  on: string,
): Picture {
  const places = [...register].filter(({ status }) => status === "confirmed")
  return { attributes: valuesOn(history, on), places: places.sort(byKindAndCode), on }
}

/** Name → value of the mine itself on the day. Of two since the same day the one recorded later counts. */
export function valuesOn(history: Iterable<AttributeValue>, on: string): Record<string, unknown> {
  const standing = new Map<string, AttributeValue>()
  for (const entry of history) {
    if (entry.place !== null || entry.fromDate > on) continue
    const known = standing.get(entry.name)
    if (known === undefined || isLater(entry, known)) standing.set(entry.name, entry)
  }
  return Object.fromEntries([...standing].map(([name, { value }]) => [name, value]))
}

function isLater(one: AttributeValue, other: AttributeValue): boolean {
  if (one.fromDate !== other.fromDate) return one.fromDate > other.fromDate
  return Date.parse(one.recordedAt) > Date.parse(other.recordedAt)
}

function byKindAndCode(one: RegisteredPlace, other: RegisteredPlace): number {
  return (
    compare(one.kind, other.kind) || compare(one.code ?? "", other.code ?? "") || compare(one.id, other.id)
  )
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
