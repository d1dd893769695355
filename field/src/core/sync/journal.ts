/** Notes which parts of the state a step touched, so that storage writes these and nothing else. */

import type { ChainState, Held, Rows } from "./state"

export interface Journal {
  readonly appended: { readonly chain: ChainState; readonly held: Held }[]
  /** Chains whose position, log or flags changed. */
  readonly chains: Set<ChainState>
  /** Streams whose rows are forgotten before new ones are put. */
  readonly forgotten: Set<string>
  readonly rows: Map<string, Rows>
  /** Keys of `made`. */
  readonly made: Set<string>
  /** The small facts: device, keys, epoch, anchors, mines, findings, dropped. */
  phone: boolean
  /** What came with answers: cursor, marks, verdicts, wanted photos. */
  heard: boolean
}

export function newJournal(): Journal {
  return {
    appended: [],
    chains: new Set(),
    forgotten: new Set(),
    rows: new Map(),
    made: new Set(),
    phone: false,
    heard: false,
  }
}

export function isEmpty(journal: Journal): boolean {
  const { appended, chains, forgotten, rows, made, phone, heard } = journal
  return appended.length + chains.size + forgotten.size + rows.size + made.size === 0 && !phone && !heard
}
