/**
 * Who looks at what. Advice, never a lock: a claim names item keys, and ids of places where all items of the place are
 * meant. What nobody claimed is everybody's.
 */

import { partsOf, type Pair } from "../checklist/definition"

/** Person → item keys and place ids. */
export type Claims = ReadonlyMap<string, readonly string[]>

/** Pair → who claimed it; nobody: an empty list. */
export function ownersOf(claims: Claims): (pair: Pair) => readonly string[] {
  const held = new Map<string, string[]>()
  for (const [person, names] of claims) {
    for (const name of names) held.set(name, [...(held.get(name) ?? []), person])
  }
  return (pair) => {
    const [item, place] = partsOf(pair)
    const byPlace = held.get(place) ?? []
    return [...new Set([...byPlace, ...(held.get(item) ?? [])])]
  }
}

/** What each person claims after `names` are given to `persons` and taken from everybody else; only who changed. */
export function given(
  claims: Claims,
  names: readonly string[],
  persons: readonly string[],
): Map<string, string[]> {
  const moved = new Set(names)
  const changed = new Map<string, string[]>()
  for (const person of new Set([...claims.keys(), ...persons])) {
    const before = claims.get(person) ?? []
    const kept = before.filter((name) => !moved.has(name))
    const after = persons.includes(person) ? [...kept, ...moved] : kept
    if (after.length !== before.length || after.some((name) => !before.includes(name)))
      changed.set(person, after)
  }
  return changed
}

/** Everybody gets the items of their own specialty, replacing all claims; what nobody is trained for stays free. */
export function bySpecialty(
  items: Iterable<{ readonly key: string; readonly specialty: string }>,
  members: readonly { readonly person: string; readonly specialty: string | null }[],
): Map<string, string[]> {
  const claims = new Map(members.map(({ person }) => [person, [] as string[]]))
  for (const item of items) {
    for (const { person, specialty } of members)
      if (specialty === item.specialty) claims.get(person)?.push(item.key)
  }
  return claims
}
