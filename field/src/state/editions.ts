/** Editions of the checklist made ready, each once. */

import { Edition } from "../core/checklist/edition"
import type { Checklist } from "../core/checklist/definition"
import type { PhoneReads } from "./phone"

const opened = new WeakMap<object, Edition>()

/** The edition with this digest, null if this phone never fetched it. */
export function editionOf(phone: Pick<PhoneReads, "edition">, digest: string): Edition | null {
  const definition = phone.edition(digest)
  if (typeof definition !== "object" || definition === null) return null
  let edition = opened.get(definition)
  if (edition === undefined) opened.set(definition, (edition = new Edition(definition as Checklist)))
  return edition
}
