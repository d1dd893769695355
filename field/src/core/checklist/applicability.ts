/**
 * Which items a mine is asked on a day, at which of its places, and why; or why not.
 *
 * Nothing hides an item but a condition that is plainly false, or a register without such a place where the item says
 * that then there is nothing to ask. What is known comes as arguments.
 */

import { decisive, known, truth, type Known, type Tested } from "./conditions"
import { MINE_ITSELF, pairOf, type Cadence, type Checklist, type Item, type Pair } from "./definition"

/** A place of the mine's register; both its first and its last day are days in use. */
export interface Place {
  readonly id: string
  readonly kind: string
  /** Null: since ever. */
  readonly openedOn: string | null
  readonly closedOn: string | null
}

export type Because = "always" | "true" | "unknown" | "false" | "not_in_round"
export type Placing = "mine" | "places" | "no_open_place"

/** What is known of a mine on a day: its attributes' values and its confirmed places. */
export interface Picture {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly places: readonly Place[]
  /** YYYY-MM-DD. */
  readonly on: string
}

/** What a mine is asked of one item: at `places` (none = not asked), and the reason. */
export interface Asked {
  readonly item: string
  readonly places: readonly string[]
  readonly because: Because
  readonly tests: readonly Tested[]
  readonly placing: Placing
}

const MINE = [MINE_ITSELF] as const
type Registered = ReadonlyMap<string, readonly string[]>

/** The pairs that apply, in the checklist's order. Unknown attributes hide nothing. */
export function pairsOf(checklist: Checklist, picture: Picture, cadence: Cadence): Pair[] {
  return explain(checklist, picture, cadence).flatMap(({ item, places }) =>
    places.map((place) => pairOf(item, place)),
  )
}

/** Every item of the checklist with its pairs and the reason. */
export function explain(checklist: Checklist, picture: Picture, cadence: Cadence): Asked[] {
  const about = known(picture.attributes, checklist.attributes)
  const registered = openByKind(picture)
  return checklist.sections.flatMap(({ items }) =>
    items.map((item) => asked(item, about, registered, cadence)),
  )
}

function asked(item: Item, about: Known, registered: Registered, cadence: Cadence): Asked {
  const because = cadence === "round" && item.cadence !== "round" ? "not_in_round" : becauseOf(item, about)
  const located = locate(item, registered)
  const judgedBy =
    because === "true" || because === "unknown" || because === "false" ? item.applies : undefined
  return {
    item: item.key,
    places: because === "false" || because === "not_in_round" ? [] : located.places,
    because,
    tests: judgedBy === undefined ? [] : decisive(judgedBy, about),
    placing: located.placing,
  }
}

function becauseOf(item: Item, about: Known): Because {
  if (item.applies === undefined || (item.applies[0] === "and" && item.applies.length === 1)) return "always"
  const found = truth(item.applies, about)
  if (found === null) return "unknown"
  return found ? "true" : "false"
}

function locate(item: Item, registered: Registered): Pick<Asked, "places" | "placing"> {
  const kinds = item.repeat === "place" ? (item.at ?? []) : []
  if (kinds.length === 0) return { places: MINE, placing: "mine" }
  const found = kinds.flatMap((kind) => registered.get(kind) ?? [])
  if (found.length > 0) return { places: found, placing: "places" }
  return { places: item.unplaced === "none" ? [] : MINE, placing: "no_open_place" }
}

function openByKind({ places, on }: Picture): Registered {
  const registered = new Map<string, string[]>()
  for (const place of places) {
    if (!isOpen(place, on)) continue
    const ids = registered.get(place.kind)
    if (ids) ids.push(place.id)
    else registered.set(place.kind, [place.id])
  }
  return registered
}

/** Both the first and the last day are days in use. */
export function isOpen({ openedOn, closedOn }: Place, on: string): boolean {
  return (openedOn === null || openedOn <= on) && (closedOn === null || on <= closedOn)
}
