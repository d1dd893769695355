/**
 * Where the person on this phone is, as far as was said: by a place's plate, by hand with a reason, or above ground by a
 * satellite. Nothing is taken for granted: without a word the answer is that nobody said.
 */

import { computed, type ComputedRef } from "vue"
import type { PlaceClass } from "../core/checklist/definition"
import { placeOfPlate } from "../core/patrol/plates"
import type { Location, PlaceMark } from "../core/sync/bodies"
import { browserPositioning, type PositionProblem } from "../device/geolocation"
import { editionOf } from "./editions"
import { usePhone, type PhoneStore } from "./phone"
import type { PlaceFacts } from "./pulled"

export interface Whereabouts {
  readonly location: Location
  readonly place: PlaceFacts | null
  /** The phone's wall clock in ms. */
  readonly at: number
}

export interface Where {
  readonly here: ComputedRef<Whereabouts | null>
  readonly places: ComputedRef<readonly PlaceFacts[]>
  /** Whether the last thing said puts the person below ground: then no satellite is asked. */
  readonly below: ComputedRef<boolean>
  /** The place whose plate says this, marked; null if no plate of this mine does. */
  atPlate(said: string): Promise<PlaceFacts | null>
  byHand(place: string, reason: string): Promise<void>
  /** Asks the satellites once and marks what they say; what went wrong otherwise. */
  above(): Promise<PositionProblem | null>
}

/** What was said longer ago than this says nothing of where a photo is taken now. */
export const STALE_AFTER_MS = 2 * 3_600_000
const PATIENCE_MS = 12_000
const ABOVE_GROUND: ReadonlySet<PlaceClass> = new Set(["surface", "records"])

export function useWhere(visit: string): Where {
  const phone = usePhone()
  const places = computed(() => {
    const all = phone.mine(phone.visit(visit)?.mine ?? "")?.places ?? []
    return all.filter((place) => place.closedOn === null && place.status !== "declined")
  })
  const here = computed(() => newestMark(phone, visit, places.value))
  return {
    ...{ here, places },
    below: computed(() => isBelow(phone, visit, here.value)),
    atPlate: async (said) => {
      const place = await placeOfPlate(said, places.value, sha256)
      if (place !== null)
        await phone.markPlace(visit, { kind: "checkpoint", place: place.id }, place.code ?? undefined)
      return place
    },
    byHand: (place, reason) => phone.markPlace(visit, { kind: "manual", place, reason }),
    above: async () => {
      const position = await browserPositioning.find(PATIENCE_MS)
      if (!position.found) return position.problem
      await phone.markPlace(visit, {
        ...{ kind: "gnss", source: "browser", datum: "unsure" },
        ...{ ...position.fix, at: Math.round(position.fix.at) },
      })
      return null
    },
  }
}

/** The location that a photo taken now is signed with: what was said lately, or plainly nothing. */
export function locationNow(here: Whereabouts | null, now: number, nothing: string): Location {
  if (here === null || now - here.at > STALE_AFTER_MS) return { kind: "none", reason: nothing }
  return here.location.at === undefined ? { ...here.location, at: here.at } : here.location
}

function newestMark(phone: PhoneStore, visit: string, places: readonly PlaceFacts[]): Whereabouts | null {
  const own = phone
    .keys(visit, "mark/")
    .flatMap((key) => phone.register<PlaceMark>(visit, key).heads)
    .filter((said) => said.person === phone.person?.id && said.device === phone.device)
  const newest = own.reduce<(typeof own)[number] | null>(
    (best, said) => (best && best.at >= said.at ? best : said),
    null,
  )
  if (newest === null) return null
  const { location } = newest.value
  return { location, at: newest.at, place: places.find(({ id }) => id === location.place) ?? null }
}

function isBelow(phone: PhoneStore, visit: string, here: Whereabouts | null): boolean {
  if (here?.place == null) return false
  const edition = editionOf(phone, phone.visit(visit)?.edition ?? "")
  const kind = edition?.checklist.places[here.place.kind]
  return kind === undefined || !ABOVE_GROUND.has(kind.class)
}

async function sha256(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data))
}
