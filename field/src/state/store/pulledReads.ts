/** Reads of what the county told: members, mines with places and attributes, visits, editions, fetched facts. */

import type { ProposedPlace, VisitIdentity } from "../../core/sync/bodies"
import type { Desk } from "../../core/sync/desk"
import { decode } from "../../core/sync/operations"
import { keysShown, shown } from "../../core/sync/view"
import type { EditionFacts, PhoneReads } from "../phone"
import type { AttributeFacts, MineFacts, PlaceFacts, TeamMember, VisitFacts } from "../pulled"
import type { Context } from "./context"
import { contentOf, keysOf } from "./versions"

type PulledReads = Pick<
  PhoneReads,
  "members" | "mines" | "mine" | "edition" | "editions" | "fact" | "visits" | "visit"
>
type Raw = Readonly<Record<string, unknown>>

export function pulledReads(context: Context): PulledReads {
  const reads = new Pulled(context)
  const { known, versions } = context
  return {
    members: () => reads.members(),
    mines: () => reads.mines(),
    mine: (mine) => reads.mines().find((one) => one.id === mine) ?? null,
    visits: () => reads.visits(),
    visit: (visit) => reads.visits().find((one) => one.id === visit) ?? null,
    edition: (digest) => {
      versions.follow("facts")
      return known.editions.get(digest) ?? null
    },
    editions: () => {
      versions.follow("facts")
      return editionsOf(known.facts.get("editions")?.content)
    },
    fact: (name) => {
      versions.follow("facts")
      return known.facts.get(name) ?? null
    },
  }
}

function editionsOf(content: unknown): EditionFacts[] {
  const { items = [] } = (content ?? {}) as { items?: Raw[] }
  return items.map((row) => ({
    digest: String(row.digest),
    number: Number(row.number),
    inForceFrom: String(row.in_force_from),
  }))
}

class Pulled {
  private readonly context: Context

  constructor(context: Context) {
    this.context = context
  }

  members(): TeamMember[] {
    return this.facts(this.team(), "member/").map(([id, row]) => ({
      id,
      person: text(row.person),
      name: text(row.name),
      role: row.role === "leader" ? "leader" : "member",
      specialty: maybe(row.specialty),
      fromDate: text(row.from_date),
      untilDate: maybe(row.until_date),
    }))
  }

  mines(): MineFacts[] {
    const contracts = this.facts(this.team(), "contract/").map(([, row]) => row)
    const streams = [...(this.context.desk?.state.rows.keys() ?? [])].filter((name) =>
      name.startsWith("mine:"),
    )
    this.context.versions.follow("visits")
    return streams.flatMap((stream) => {
      // The mine's own row has no id in its key: it is the one of its stream.
      const [, row] = this.facts(stream, "mine")[0] ?? []
      return row ? [this.mine(stream, [stream.slice("mine:".length), row], contracts)] : []
    })
  }

  visits(): VisitFacts[] {
    const { desk, versions } = this.context
    versions.follow("visits")
    if (!desk) return []
    const found = new Map<string, VisitFacts>()
    for (const [id, row] of this.facts(this.team(), "visit/")) {
      const identity = {
        ...(row as unknown as VisitIdentity),
        team: this.context.parts?.county.membership?.team ?? "",
      }
      found.set(id, this.visit(desk, id, identity, text(row.status)))
    }
    for (const [id, identity] of ownVisits(desk))
      if (!found.has(id)) found.set(id, this.visit(desk, id, identity, "open"))
    return [...found.values()].sort((a, b) => compare(b.date, a.date) || b.ordinal - a.ordinal)
  }

  private visit(desk: Desk, id: string, identity: VisitIdentity, status: string): VisitFacts {
    const stream = `visit:${id}`
    this.context.versions.follow(keysOf(stream))
    const participants = keysShown(desk, stream).flatMap((key) =>
      key.startsWith("join/") ? [key.slice(5)] : [],
    )
    const { team, mine, kind, date, ordinal, edition } = identity
    const person = this.context.parts?.vault.person
    const joined = participants.some((name) => name.startsWith(`${person ?? ""}@`))
    const told = shown(desk, stream, "visit/status").heads.map((head) => text((head.value as Raw).status))
    const gravest = [status, ...told].reduce((worst, one) => (rank(one) > rank(worst) ? one : worst))
    return { id, team, mine, kind, date, ordinal, edition, status: gravest, participants, joined }
  }

  private mine(stream: string, [id, row]: readonly [string, Raw], contracts: readonly Raw[]): MineFacts {
    const contract = contracts.find((one) => one.mine === id && one.until_date === null)
    const last = contract ?? contracts.filter((one) => one.mine === id).at(-1)
    return {
      id,
      code: text(row.code),
      name: text(row.name),
      township: text(row.township),
      closedOn: maybe(row.closed_on),
      telephone: maybe(row.county_telephone),
      contractFrom: maybe(last?.from_date),
      contractUntil: maybe(last?.until_date),
      places: this.places(stream, id),
      attributes: this.facts(stream, "attribute/").map(attribute),
    }
  }

  /** The register's places, and what phones proposed that is not in it yet. */
  private places(stream: string, mine: string): PlaceFacts[] {
    const found = new Map(this.facts(stream, "place/").map(([id, row]) => [id, place(id, row)] as const))
    const { desk } = this.context
    if (!desk) return []
    const visits = Object.entries(desk.state.mines).filter(([, of]) => of === mine)
    for (const [visit] of visits)
      for (const key of keysShown(desk, `visit:${visit}`)) {
        const [head] = key.startsWith("place/") ? shown(desk, `visit:${visit}`, key).heads : []
        if (head && !found.has(key.slice(6))) found.set(key.slice(6), proposed(head.value as ProposedPlace))
      }
    return [...found.values()]
  }

  private team(): string {
    return `team:${this.context.parts?.county.membership?.team ?? ""}`
  }

  /** Rows of a stream that are facts, without the prefix. */
  private facts(stream: string, prefix: string): (readonly [string, Raw])[] {
    this.context.versions.follow(contentOf(stream))
    const rows = this.context.desk?.state.rows.get(stream) ?? []
    return Array.from(rows).flatMap(([key, { other }]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), other as Raw] as const] : [],
    )
  }
}

/** Visits opened or joined here that the county may not have told of yet. */
function ownVisits(desk: Desk): (readonly [string, VisitIdentity])[] {
  const held = desk.state.chains.flatMap((chain) => chain.log)
  return held.flatMap(({ text: content }) => {
    if (!content.startsWith('{"kind":"visit.open"') && !content.startsWith('{"kind":"visit.join"')) return []
    const operation = decode(content)
    const isEntry = operation.kind === "visit.open" || operation.kind === "visit.join"
    return isEntry && operation.visit !== undefined ? [[operation.visit, operation.body] as const] : []
  })
}

function place(id: string, row: Raw): PlaceFacts {
  return {
    id,
    kind: text(row.kind),
    name: text(row.name),
    code: maybe(row.code),
    openedOn: maybe(row.opened_on),
    closedOn: maybe(row.closed_on),
    status: text(row.status),
  }
}

function proposed({ place: id, kind, name }: ProposedPlace): PlaceFacts {
  return { id, kind, name, code: null, openedOn: null, closedOn: null, status: "new" }
}

function attribute([id, row]: readonly [string, Raw]): AttributeFacts {
  return {
    id,
    name: text(row.name),
    value: row.value,
    fromDate: text(row.from_date),
    place: maybe(row.place),
    recordedAt: text(row.recorded_at),
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : ""
}

function maybe(value: unknown): string | null {
  return typeof value === "string" ? value : null
}

function rank(status: string): number {
  return ["open", "submitted_incomplete", "submitted", "approved", "sealed", "void"].indexOf(status)
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
