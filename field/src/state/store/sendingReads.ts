/** Reads of what is on its way: counters, and one entry for each thing that the county has not, or set aside. */

import { decode, isWithheld, type Operation } from "../../core/sync/operations"
import { unsent } from "../../core/sync/outbox"
import { sentTo, type ChainState, type Held } from "../../core/sync/state"
import { setAside } from "../../core/sync/view"
import type { PhotoRecord } from "../../storage/photoStorage"
import type { Outgoing, SyncCounts } from "../sending"
import type { Context } from "./context"
import { SENDING } from "./versions"

export function counts(context: Context): SyncCounts {
  context.versions.follow(SENDING)
  const { desk, parts } = context
  const photos = parts?.photos.all() ?? []
  const held = desk?.state.chains.reduce((sum, chain) => sum + chain.log.length, 0) ?? 0
  const saved = desk ? unsent(desk) : 0
  return {
    saved,
    received: held - saved,
    photosSaved: photos.filter((photo) => photo.state === "saved").length,
    photosReceived: photos.filter((photo) => photo.state === "received").length,
    setAside: desk ? setAside(desk).length : 0,
    carried: parts?.rescue.waiting ?? 0,
    clockOff: context.clockOff.value,
  }
}

/** Photos gravest first, then operations in the order of their writing; what was set aside stands at the end. */
export function outgoing(context: Context): Outgoing[] {
  context.versions.follow(SENDING)
  const { desk, parts } = context
  if (!desk || !parts) return []
  const isExchanging = context.sync.value.at === "exchanging"
  const operations = desk.state.chains.flatMap((chain) =>
    chain.log.flatMap((held) => {
      const verdict = desk.state.verdicts[held.uid]
      if (isWithheld(verdict)) return [entry(chain, held, "set_aside", verdict ?? null)]
      if (held.seq <= sentTo(chain)) return []
      return [entry(chain, held, isExchanging ? "sending" : "saved", null)]
    }),
  )
  const photos = parts.photos.all().filter((photo) => photo.state !== "received")
  const bytes = photos.sort((a, b) => b.gravity - a.gravity || a.at - b.at).map(fileEntry)
  const all = [...operations.flat(), ...bytes]
  return [...all.filter((one) => one.why === null), ...all.filter((one) => one.why !== null)]
}

function entry(chain: ChainState, held: Held, state: Outgoing["state"], why: string | null): Outgoing[] {
  const operation = decode(held.text)
  if (operation.kind === null) return []
  const [at] = operation.t
  const { kind: sort, visit = null } = operation
  const told = { id: held.uid, sort, person: chain.person, at, visit, about: about(operation), state, why }
  return [{ ...told, sent: 0, size: held.text.length }]
}

function about(operation: Operation): string {
  const { body, reg } = operation
  if (reg !== undefined) return reg
  if ("finding" in body) return `finding/${body.finding}`
  if ("of" in body) return body.of
  return ""
}

function fileEntry({ sha256, at, visit, photo, state, sent, size, why }: PhotoRecord): Outgoing {
  const shown = state === "refused" ? "refused" : sent > 0 ? "sending" : "saved"
  return {
    id: sha256,
    sort: "photo.bytes",
    person: "",
    at,
    visit,
    about: photo,
    state: shown,
    sent,
    size,
    why,
  }
}
