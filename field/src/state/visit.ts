/**
 * One visit as its screens see it: what is asked, where, and how far it is. Opened once by the visit's room and handed to
 * the screens inside it, so that going from one to the other costs nothing.
 */

import {
  computed,
  effectScope,
  inject,
  provide,
  shallowRef,
  type ComputedRef,
  type EffectScope,
  type InjectionKey,
  type ShallowRef,
} from "vue"
import { partsOf, type Item, type Pair } from "../core/checklist/definition"
import { figuresOf, type Cell, type StopFigures } from "../core/patrol/marks"
import type { Stop } from "../core/patrol/places"
import { ownersOf, type Claims } from "../core/patrol/split"
import { askedOf, type AskedOfVisit } from "./asked"
import { cellReader } from "./cells"
import { lastReadings, type LastReading } from "./lastReadings"
import { usePhone, type PhoneReads, type PhoneStore, type ShownAnswer } from "./phone"
import { steady } from "./steady"

export interface VisitView extends AskedOfVisit {
  readonly id: string
  readonly claims: ComputedRef<Claims>
  readonly conflicts: ComputedRef<number>
  readonly item: (pair: Pair) => Item | undefined
  readonly stop: (id: string) => Stop | undefined
  readonly answer: (pair: Pair) => ShownAnswer
  readonly cell: (pair: Pair) => Cell
  readonly figures: (stop: Stop) => StopFigures
  readonly owners: (pair: Pair) => readonly string[]
  /** Whether the current person has it to do: claimed by them, or by nobody. */
  readonly isMine: (pair: Pair) => boolean
  readonly isClosed: () => boolean
  readonly nameOf: (person: string) => string
  /** What was read last time; empty until `remember` was called, which takes its time. */
  readonly last: Readonly<ShallowRef<ReadonlyMap<Pair, LastReading>>>
  readonly remember: () => void
}

const VISIT: InjectionKey<VisitView> = Symbol("visit")

/** The visit that was open last: who goes off to a finding or the camera comes back to it at once. */
let kept: { readonly phone: PhoneStore; readonly view: VisitView; readonly scope: EffectScope } | null = null

/** Opens a visit for the screens below. */
export function provideVisit(id: string): VisitView {
  const phone = usePhone()
  if (kept?.phone !== phone || kept.view.id !== id) {
    kept?.scope.stop()
    const scope = effectScope(true)
    kept = { phone, scope, view: scope.run(() => openVisitView(phone, id)) ?? openVisitView(phone, id) }
  }
  provide(VISIT, kept.view)
  return kept.view
}

export function useVisit(): VisitView {
  const view = inject(VISIT)
  if (!view) throw new Error("no visit was provided")
  return view
}

export function openVisitView(phone: PhoneStore, id: string): VisitView {
  const asked = askedOf(phone, id)
  const { facts, edition, stops } = asked
  const byId = computed(() => new Map(stops.value.map((stop) => [stop.id, stop])))
  const claims = claimsOf(phone, id)
  const owners = computed(() => ownersOf(claims.value))
  const cells = cellReader(phone, { id, facts, edition })
  const figures = new Map<string, ComputedRef<StopFigures>>()
  const last = shallowRef<ReadonlyMap<Pair, LastReading>>(new Map())
  const names = computed(() => new Map(phone.members().map(({ person, name }) => [person, name])))
  return {
    ...{ ...asked, id, claims, last },
    conflicts: computed(() => phone.conflicts(id).length),
    remember: () => {
      last.value = lastReadings(phone, id)
    },
    item: (pair) => edition.value?.items.get(partsOf(pair)[0]),
    stop: (stop) => byId.value.get(stop),
    answer: (pair) => phone.answer(id, ...partsOf(pair)),
    cell: cells,
    figures: (stop) =>
      once(figures, stop.id, () => figuresOf((byId.value.get(stop.id)?.pairs ?? []).map(cells))),
    owners: (pair) => owners.value(pair),
    isMine: (pair) => isMine(owners.value(pair), phone.person?.id),
    isClosed: () => facts.value?.status === "sealed" || facts.value?.status === "void",
    nameOf: (person) => names.value.get(person) ?? person,
  }
}

function claimsOf(phone: PhoneReads, id: string): ComputedRef<Claims> {
  const claimed = steady(() =>
    phone.keys(id, "claim/").map((key): [string, readonly string[]] => {
      const { heads } = phone.register<readonly string[]>(id, key)
      return [key.slice("claim/".length), heads.flatMap((head) => head.value)]
    }),
  )
  return computed(() => new Map(claimed.value))
}

function isMine(owners: readonly string[], person: string | undefined): boolean {
  return owners.length === 0 || (person !== undefined && owners.includes(person))
}

/** One computed value a key, made when it is first asked for. */
function once<T>(held: Map<string, ComputedRef<T>>, key: string, make: () => T): T {
  let value = held.get(key)
  if (value === undefined) held.set(key, (value = computed(make)))
  return value.value
}
