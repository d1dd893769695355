/** Visits that this phone opened or joined itself: the county may not have told of them yet. */

import type { VisitIdentity } from "../../core/sync/bodies"
import type { Desk } from "../../core/sync/desk"
import { decode } from "../../core/sync/operations"

export function ownVisits(desk: Desk): (readonly [string, VisitIdentity])[] {
  const held = desk.state.chains.flatMap((chain) => chain.log)
  return held.flatMap(({ text: content }) => {
    if (!content.startsWith('{"kind":"visit.open"') && !content.startsWith('{"kind":"visit.join"')) return []
    const operation = decode(content)
    const isEntry = operation.kind === "visit.open" || operation.kind === "visit.join"
    return isEntry && operation.visit !== undefined ? [[operation.visit, operation.body] as const] : []
  })
}
