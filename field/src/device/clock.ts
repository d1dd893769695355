/** The phone's clock as it stands: kept with every operation, never used for order. */

import type { Clock, Reading } from "../core/sync/surroundings"

/** A new session with every start, because the monotonic reading begins anew. */
export function browserClock(): Clock {
  const session = crypto.randomUUID().slice(0, 8)
  return { read: (): Reading => [Date.now(), Math.round(performance.now()), session] }
}
