/**
 * One visit as its screens see it: what is asked, where, and how far it is. Opened once by the visit's room and handed to
 * the screens inside it, so that going from one to the other costs nothing.
 */

import {
  computed,
  inject,
  provide,
  shallowRef,
  type ComputedRef,
  type InjectionKey,
  type ShallowRef,
} from "vue"
import { partsOf, type Cadence, type Item, type Pair } from "../core/checklist/definition"
import type { Edition } from "../core/checklist/edition"
import type { Cell, StopFigures } from "../core/patrol/marks"
import { figuresOf } from "../core/patrol/marks"
import { pictureOn } from "../core/patrol/mine"
import { stopsOf, type Stop } from "../core/patrol/places"
import { ownersOf, type Claims } from "../core/patrol/split"
import { cellReader } from "./cells"
import { editionOf } from "./editions"
import { lastReadings, type LastReading } from "./lastReadings"
import { usePhone, type PhoneStore, type ShownAnswer } from "./phone"
import type { MineFacts, VisitFacts } from "./pulled"

export interface VisitView {
  readonly id: string
  readonly facts: ComputedRef<VisitFacts | null>
  readonly mine: ComputedRef<MineFacts | null>
  /** Null if this phone never fetched the edition that the visit is pinned to. */
  readonly edition: ComputedRef<Edition | null>
  readonly pairs: ComputedRef<readonly Pair[]>
  readonly stops: ComputedRef<readonly Stop[]>
  readonly claims: ComputedRef<Claims>
  readonly conflicts: ComputedRef<number>
  item(pair: Pair): Item | undefined
  stop(id: string): Stop | undefined
  answer(pair: Pair): ShownAnswer
  cell(pair: Pair): Cell
  figures(stop: Stop): StopFigures
  owners(pair: Pair): readonly string[]
  /** Whether the current person has it to do: claimed by them, or by nobody. */
  isMine(pair: Pair): boolean
  isClosed(): boolean
  nameOf(person: string): string
  /** What was read last time; empty until `remember` was called, which takes its time. */
  readonly last: Readonly<ShallowRef<ReadonlyMap<Pair, LastReading>>>
  remember(): void
}

/** What a kind of visit asks. A re-check asks for old findings, not for items; what is answered all the same is shown. */
const CADENCE: Readonly<Record<VisitFacts["kind"], Cadence | null>> = {
  round: "round",
  full: "monthly",
  special: "monthly",
  recheck: null,
}

const VISIT: InjectionKey<VisitView> = Symbol("visit")

/** Opens a visit for the screens below. */
export function provideVisit(id: string): VisitView {
  const view = openVisitView(usePhone(), id)
  provide(VISIT, view)
  return view
}

export function useVisit(): VisitView {
  const view = inject(VISIT)
  if (!view) throw new Error("no visit was provided")
  return view
}

export function openVisitView(phone: PhoneStore, id: string): VisitView {
  const facts = computed(() => phone.visit(id))
  const mine = computed(() => (facts.value ? phone.mine(facts.value.mine) : null))
  const edition = computed(() => (facts.value ? editionOf(phone, facts.value.edition) : null))
  const pairs = computed(() =>
    pairsOf(phone, id, { facts: facts.value, mine: mine.value, edition: edition.value }),
  )
  const stops = computed(() => laidOut(pairs.value, mine.value, edition.value))
  const byId = computed(() => new Map(stops.value.map((stop) => [stop.id, stop])))
  const claims = computed(() => claimsOf(phone, id))
  const owners = computed(() => ownersOf(claims.value))
  const cells = cellReader(phone, { id, facts, edition })
  const figures = new Map<string, ComputedRef<StopFigures>>()
  const last = shallowRef<ReadonlyMap<Pair, LastReading>>(new Map())
  const conflicts = computed(() => phone.conflicts(id).length)
  return {
    ...{ id, facts, mine, edition, pairs, stops, claims, conflicts, last },
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
    nameOf: (person) => phone.members().find((member) => member.person === person)?.name ?? person,
  }
}

interface Known {
  readonly facts: VisitFacts | null
  readonly mine: MineFacts | null
  readonly edition: Edition | null
}

/** What is asked, and after it what somebody answered beyond that. */
function pairsOf(phone: PhoneStore, id: string, { facts, mine, edition }: Known): readonly Pair[] {
  if (!facts || !mine || !edition) return []
  const cadence = CADENCE[facts.kind]
  const picture = pictureOn(mine.attributes, mine.places, facts.date)
  const asked = cadence === null ? [] : edition.pairs(picture, cadence)
  const known = new Set(asked)
  const answered = phone.keys(id, "answer/").map((key) => key.slice("answer/".length))
  return [...asked, ...answered.filter((pair) => !known.has(pair) && edition.items.has(partsOf(pair)[0]))]
}

function laidOut(pairs: readonly Pair[], mine: MineFacts | null, edition: Edition | null): readonly Stop[] {
  if (!mine || !edition) return []
  const places = new Map(mine.places.map((place) => [place.id, place]))
  return stopsOf(pairs, { checklist: edition.checklist, items: edition.items, places })
}

function claimsOf(phone: PhoneStore, id: string): Claims {
  const claimed = phone.keys(id, "claim/").map((key) => {
    const { heads } = phone.register<{ readonly items?: readonly string[] }>(id, key)
    return [key.slice("claim/".length), heads.flatMap((head) => head.value.items ?? [])] as const
  })
  return new Map(claimed)
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
