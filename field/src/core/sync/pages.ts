/** Pulled rows: decoded, built from own operations where the county left that to the phone, put in order (SPEC, FD). */

import type { Desk, InFlight } from "./desk"
import { anything, integer, list, NotOfShape, object, text } from "./shape"
import type { Head, PulledRow, Rows } from "./state"
import { headOf } from "./view"
import type { Page, Row } from "./wire"

/** Forget what was pulled of a stream; own operations stay (FD-5). */
export function forget(desk: Desk, stream: string): void {
  const { state, journal } = desk
  state.rows.delete(stream)
  Reflect.deleteProperty(state.cursor, stream)
  journal.forgotten.add(stream)
  journal.rows.delete(stream)
  journal.heard = true
}

/** Apply pages that continue the cursor exactly (FD-4). A locked phone leaves them: they are offered again. */
export function applyPages(desk: Desk, pages: readonly Page[], flying: InFlight): void {
  if (!desk.rowsAreOpen) return
  for (const page of pages)
    if ((desk.state.cursor[page.stream] ?? 0) === page.after) applyPage(desk, page, flying)
}

function applyPage(desk: Desk, page: Page, flying: InFlight): void {
  const { state, journal } = desk
  const { stream } = page
  const rows: Rows = state.rows.get(stream) ?? new Map<string, PulledRow>()
  const changed: Rows = journal.rows.get(stream) ?? new Map<string, PulledRow>()
  for (const row of page.rows) {
    const read = readRow(desk, stream, row, flying)
    rows.set(row.key, read)
    changed.set(row.key, read)
    noteFinding(desk, stream, row.key)
  }
  state.rows.set(stream, rows)
  journal.rows.set(stream, changed)
  state.cursor[stream] = page.upto
}

/** A finding's home is its mine's stream. */
function noteFinding(desk: Desk, stream: string, key: string): void {
  if (!stream.startsWith("mine:") || !key.startsWith("finding/")) return
  const finding = key.slice("finding/".length)
  const mine = stream.slice("mine:".length)
  if (desk.state.findings[finding] === mine) return
  desk.state.findings[finding] = mine
  desk.journal.phone = true
}

function readRow(desk: Desk, stream: string, row: Row, flying: InFlight): PulledRow {
  const { seq, key, data } = row
  if (data === null) return { seq, fields: ownFields(desk, stream, key, flying) }
  if (stream.startsWith("visit:")) return { seq, fields: { "": readHeads(data) } }
  if (!key.startsWith("finding/")) return { seq, fields: {}, other: data }
  const fields = Object.entries(object(data)).map(([name, heads]) => [name, readHeads(heads)] as const)
  return { seq, fields: Object.fromEntries(fields) }
}

const name = text(Number.MAX_SAFE_INTEGER)

function readHeads(given: unknown): Head[] {
  return list((one) => {
    const [uid, person, device, wall, value] = list(anything)(one)
    if (value === undefined) throw new NotOfShape("a head")
    return { uid: name(uid), person: name(person), device: name(device), wall: integer()(wall), value }
  })(given)
}

/** A row made of nothing but operations of the request in flight, built here (FD-6). */
function ownFields(desk: Desk, stream: string, key: string, flying: InFlight): Record<string, Head[]> {
  const found: Record<string, Map<string, Head>> = {}
  const named = new Set<string>()
  for (const chain of desk.state.chains) {
    const [first, upto] = flying.sent.get(chain.chain) ?? [1, 0]
    for (const held of chain.log.slice(Math.max(first - chain.base - 1, 0), Math.max(upto - chain.base, 0)))
      for (const placed of desk.writesOf(chain, held)) {
        if (placed.stream !== stream || placed.key !== key) continue
        ;(found[placed.field] ??= new Map()).set(held.uid, headOf(desk, { chain, held, placed }))
        for (const parent of placed.parents) named.add(`${placed.field} ${parent}`)
      }
  }
  const standing = Object.entries(found).map(([field, heads]) => {
    const left = [...heads.values()].filter((head) => !named.has(`${field} ${head.uid}`))
    return [field, left.sort((a, b) => (a.uid < b.uid ? -1 : 1))] as const
  })
  return Object.fromEntries(standing)
}
