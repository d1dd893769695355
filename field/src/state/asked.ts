/** What a visit asks: its facts, its mine, its edition, the pairs and the stops where they are looked at. */

import { computed, type ComputedRef } from "vue"
import { partsOf, type Cadence, type Pair } from "../core/checklist/definition"
import type { Edition } from "../core/checklist/edition"
import { pictureOn } from "../core/patrol/mine"
import { stopsOf, type Stop } from "../core/patrol/places"
import { editionOf } from "./editions"
import type { PhoneReads } from "./phone"
import type { MineFacts, VisitFacts } from "./pulled"
import { steady } from "./steady"

export interface AskedOfVisit {
  readonly facts: ComputedRef<VisitFacts | null>
  readonly mine: ComputedRef<MineFacts | null>
  /** Null if this phone never fetched the edition that the visit is pinned to. */
  readonly edition: ComputedRef<Edition | null>
  readonly pairs: ComputedRef<readonly Pair[]>
  readonly stops: ComputedRef<readonly Stop[]>
}

/** What a kind of visit asks. A re-check asks for old findings, not for items; what is answered all the same is shown. */
const CADENCE: Readonly<Record<VisitFacts["kind"], Cadence | null>> = {
  round: "round",
  full: "monthly",
  special: "monthly",
  recheck: null,
}

export function askedOf(phone: PhoneReads, id: string): AskedOfVisit {
  const facts = steady(() => phone.visit(id))
  const mine = steady(() => (facts.value ? phone.mine(facts.value.mine) : null))
  const edition = computed(() => (facts.value ? editionOf(phone, facts.value.edition) : null))
  const asked = computed(() => pairsAsked(facts.value, mine.value, edition.value))
  const beyond = steady(() => answeredBeyond(phone, id, { asked: asked.value, edition: edition.value }))
  const pairs = computed(() => (beyond.value.length === 0 ? asked.value : [...asked.value, ...beyond.value]))
  const stops = computed(() => laidOut(pairs.value, mine.value, edition.value))
  return { facts, mine, edition, pairs, stops }
}

function pairsAsked(
  facts: VisitFacts | null,
  mine: MineFacts | null,
  edition: Edition | null,
): readonly Pair[] {
  const cadence = facts === null ? null : CADENCE[facts.kind]
  if (!facts || !mine || !edition || cadence === null) return []
  return edition.pairs(pictureOn(mine.attributes, mine.places, facts.date), cadence)
}

/** What somebody answered although it is not asked here, of items that the edition knows. */
function answeredBeyond(
  phone: PhoneReads,
  id: string,
  { asked, edition }: { readonly asked: readonly Pair[]; readonly edition: Edition | null },
): readonly Pair[] {
  if (!edition) return []
  const known = new Set(asked)
  const answered = phone.keys(id, "answer/").map((key) => key.slice("answer/".length))
  return answered.filter((pair) => !known.has(pair) && edition.items.has(partsOf(pair)[0]))
}

function laidOut(pairs: readonly Pair[], mine: MineFacts | null, edition: Edition | null): readonly Stop[] {
  if (!mine || !edition) return []
  const places = new Map(mine.places.map((place) => [place.id, place]))
  return stopsOf(pairs, { checklist: edition.checklist, items: edition.items, places })
}
