/** Splitting a visit among the team: what can be given away as one, who has it, and the giving. */

import { computed, shallowRef, type ComputedRef, type ShallowRef } from "vue"
import { MINE_ITSELF, partsOf, type Pair } from "../core/checklist/definition"
import { bySpecialty, given } from "../core/patrol/split"
import { NotSaved, usePhone, type NotSavedCode } from "./phone"
import type { TeamMember } from "./pulled"
import type { VisitView } from "./visit"

/** Something that is given as one: a place, or the items of a domain. `names`: what a claim says of it. */
export interface Share {
  readonly id: string
  readonly names: readonly string[]
  readonly pairs: readonly Pair[]
}

export interface Splitting {
  readonly members: ComputedRef<readonly TeamMember[]>
  readonly stops: ComputedRef<readonly Share[]>
  readonly domains: ComputedRef<readonly Share[]>
  readonly failure: Readonly<ShallowRef<NotSavedCode | null>>
  /** Who has any of it, by person. */
  readonly holders: (share: Share) => readonly string[]
  /** How many pairs a person has claimed. */
  readonly load: (person: string) => number
  readonly give: (share: Share, persons: readonly string[]) => Promise<void>
  readonly giveBySpecialty: () => Promise<void>
  readonly clear: () => Promise<void>
}

export function useSplitting(view: VisitView): Splitting {
  const phone = usePhone()
  const failure = shallowRef<NotSavedCode | null>(null)
  const members = computed(() =>
    phone.members().filter((member) => isHere(member, view.facts.value?.date ?? "")),
  )
  const save = async (claims: ReadonlyMap<string, readonly string[]>): Promise<void> => {
    failure.value = null
    try {
      for (const [person, names] of claims) await phone.claim(view.id, person, names)
    } catch (error) {
      failure.value = error instanceof NotSaved ? error.code : "storage"
    }
  }
  return {
    ...{ members, failure },
    stops: computed(() =>
      view.stops.value.map(({ id, place, pairs }) => ({ id, names: namesOf(place, pairs), pairs })),
    ),
    domains: computed(() => domainsOf(view)),
    holders: (share) => [...new Set(share.pairs.flatMap(view.owners))],
    load: (person) => view.pairs.value.filter((pair) => view.owners(pair).includes(person)).length,
    give: (share, persons) => save(given(view.claims.value, share.names, persons)),
    giveBySpecialty: () => save(bySpecialty(askedItems(view), members.value)),
    clear: () => save(new Map([...view.claims.value.keys()].map((person) => [person, []]))),
  }
}

/** A place is claimed by its id; what is asked of the mine itself, item by item. */
function namesOf(place: string, pairs: readonly Pair[]): string[] {
  return place === MINE_ITSELF ? pairs.map((pair) => partsOf(pair)[0]) : [place]
}

function domainsOf(view: VisitView): Share[] {
  const byKey = new Map<string, Pair[]>()
  for (const pair of view.pairs.value) {
    const [key] = partsOf(pair)
    byKey.set(key, [...(byKey.get(key) ?? []), pair])
  }
  const sections = view.edition.value?.checklist.sections ?? []
  return sections.flatMap(({ domain, items }) => {
    const names = items.map((item) => item.key).filter((key) => byKey.has(key))
    return names.length === 0
      ? []
      : [{ id: domain, names, pairs: names.flatMap((key) => byKey.get(key) ?? []) }]
  })
}

function askedItems(view: VisitView): { readonly key: string; readonly specialty: string }[] {
  const keys = new Set(view.pairs.value.map((pair) => partsOf(pair)[0]))
  return [...keys].flatMap((key) => view.edition.value?.items.get(key) ?? [])
}

function isHere({ fromDate, untilDate }: TeamMember, on: string): boolean {
  return fromDate <= on && (untilDate === null || on <= untilDate)
}
