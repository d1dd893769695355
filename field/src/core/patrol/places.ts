/**
 * What a visit asks, laid out as a person walks it: places first (faces, roadways, chambers …), the items under each.
 *
 * What is asked of the mine itself stands last, told apart by where it is to be looked at.
 */

import {
  MINE_ITSELF,
  partsOf,
  type Checklist,
  type Item,
  type Pair,
  type PlaceClass,
} from "../checklist/definition"
import type { RegisteredPlace } from "./mine"

/** In the order in which they are walked; `mine`: asked of the mine itself, nowhere in particular. */
export const CLASSES = ["face", "roadway", "chamber", "device", "surface", "records", "mine"] as const
export type StopClass = (typeof CLASSES)[number]

/** A place with what is asked there, or what is asked of the mine itself under one class. */
export interface Stop {
  /** The place's id; of the mine itself `-<class>`, which no place can have. */
  readonly id: string
  readonly place: string
  readonly class: StopClass
  /** The place's own name, null for the mine itself. */
  readonly name: string | null
  readonly kind: string | null
  readonly pairs: readonly Pair[]
}

interface Layout {
  readonly checklist: Checklist
  readonly items: ReadonlyMap<string, Item>
  readonly places: ReadonlyMap<string, RegisteredPlace>
}

/** The stops of a visit by class, then by the code of the place, which is its number underground; pairs keep their order. */
export function stopsOf(pairs: Iterable<Pair>, layout: Layout): Stop[] {
  const found = new Map<string, { stop: Stop; pairs: Pair[] }>()
  for (const pair of pairs) {
    const stop = stopOf(pair, layout)
    const held = found.get(stop.id)
    if (held) held.pairs.push(pair)
    else found.set(stop.id, { stop, pairs: [pair] })
  }
  return [...found.values()].map((held) => ({ ...held.stop, pairs: held.pairs })).sort(asWalked(layout))
}

function stopOf(pair: Pair, layout: Layout): Stop {
  const [key, place] = partsOf(pair)
  if (place === MINE_ITSELF) {
    const stands = classOf(layout.items.get(key)?.at?.[0], layout.checklist) ?? "mine"
    return { id: `-${stands}`, place, class: stands, name: null, kind: null, pairs: [] }
  }
  const registered = layout.places.get(place)
  const kind = registered?.kind ?? null
  const stands = classOf(kind, layout.checklist) ?? "mine"
  return { id: place, place, class: stands, name: registered?.name ?? place, kind, pairs: [] }
}

function classOf(kind: string | null | undefined, checklist: Checklist): PlaceClass | undefined {
  return kind == null ? undefined : checklist.places[kind]?.class
}

function asWalked({ places }: Layout): (one: Stop, other: Stop) => number {
  const rank = (stop: Stop): readonly (number | string)[] => [
    CLASSES.indexOf(stop.class),
    stop.name === null ? 1 : 0,
    places.get(stop.place)?.code ?? "",
    stop.id,
  ]
  return (one, other) => compare(rank(one), rank(other))
}

function compare(one: readonly (number | string)[], other: readonly (number | string)[]): number {
  for (const [at, left] of one.entries()) {
    const right = other[at] ?? ""
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}
