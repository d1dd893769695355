/** Where a visit leads to outside its own screens, by name, so that each screen's home may move. */

import type { RouteLocationRaw } from "vue-router"
import type { Pair } from "../../core/checklist/definition"

/** The form of a new finding, or the one that stands for the pair. A suspected major hazard is rung first there. */
export function toFinding(visit: string, item: string, place: string): RouteLocationRaw {
  return { name: "finding-new", params: { visit }, query: { item, place } }
}

export function toPhoto(visit: string, item: string, place: string): RouteLocationRaw {
  return { name: "camera", params: { visit }, query: { of: `answer/${item}/${place}` } }
}

/** All that is disputed in the visit, or one pair. */
export function toConflict(visit: string, pair?: Pair): RouteLocationRaw {
  return { name: "conflict", params: { visit }, query: pair === undefined ? {} : { about: `answer/${pair}` } }
}
