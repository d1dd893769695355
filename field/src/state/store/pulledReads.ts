/** Reads of what the county told: members, mines with places and attributes, visits, editions, fetched facts. */

import type { ProposedPlace, VisitIdentity } from "../../core/sync/bodies"
import type { Desk } from "../../core/sync/desk"
import { keysShown, shown } from "../../core/sync/view"
import type { EditionFacts, PhoneReads } from "../phone"
import type { AttributeFacts, MineFacts, PlaceFacts, TeamMember, VisitFacts } from "../pulled"
import type { Context } from "./context"
import { contentOf, keysOf, rowOf } from "./versions"

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
    mine: (mine) => reads.mineOf(`mine:${mine}`),
    visits: () => reads.visits(),
    visit: (visit) => reads.visit(visit),
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
    this.context.versions.follow("visits")
    const streams = [...(this.context.desk?.state.rows.keys() ?? [])].filter((name) =>
      name.startsWith("mine:"),
    )
    return streams.flatMap((stream) => this.mineOf(stream) ?? [])
  }

  mineOf(stream: string): MineFacts | null {
    // The mine's own row has no id in its key: it is the one of its stream.
    const row = this.fact(stream, "mine")
    const contracts = this.facts(this.team(), "contract/").map(([, held]) => held)
    return row ? this.mine(stream, [stream.slice("mine:".length), row], contracts) : null
  }

  visits(): VisitFacts[] {
    const told = this.facts(this.team(), "visit/").map(([id]) => id)
    const ids = new Set([...told, ...this.context.ownVisits().keys()])
    const found = [...ids].flatMap((id) => this.visit(id) ?? [])
    return found.sort((a, b) => compare(b.date, a.date) || b.ordinal - a.ordinal)
  }

  visit(id: string): VisitFacts | null {
    const { desk, parts } = this.context
    const row = this.fact(this.team(), `visit/${id}`)
    const identity = (row as unknown as VisitIdentity | null) ?? this.context.ownVisits().get(id)
    if (!desk || !identity) return null
    const { mine, kind, date, ordinal, edition } = identity
    const participants = this.participants(desk, id)
    const joined = participants.includes(`${parts?.vault.person ?? ""}@${desk.state.device}`)
    const status = this.status(desk, id, row ? text(row.status) : "open")
    const team = parts?.county.membership?.team ?? ""
    return { id, team, mine, kind, date, ordinal, edition, status, participants, joined }
  }

  private participants(desk: Desk, id: string): string[] {
    this.context.versions.follow(keysOf(`visit:${id}`, "join/"))
    return keysShown(desk, `visit:${id}`, "join/").map((key) => key.slice(5))
  }

  /** The gravest of what the county told and what stands in the register. */
  private status(desk: Desk, id: string, told: string): string {
    this.context.versions.follow(rowOf(`visit:${id}`, "visit/status"))
    const { heads } = shown(desk, `visit:${id}`, "visit/status")
    const said = heads.map((head) => text((head.value as Raw).status))
    return [told, ...said].reduce((worst, one) => (rank(one) > rank(worst) ? one : worst))
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
    for (const [visit] of visits) {
      const visited = `visit:${visit}`
      this.context.versions.follow(keysOf(visited, "place/"))
      for (const key of keysShown(desk, visited, "place/")) {
        const [head] = shown(desk, visited, key).heads
        if (head && !found.has(key.slice(6))) found.set(key.slice(6), proposed(head.value as ProposedPlace))
      }
    }
    return [...found.values()]
  }

  private team(): string {
    return `team:${this.context.parts?.county.membership?.team ?? ""}`
  }

  private fact(stream: string, key: string): Raw | null {
    this.context.versions.follow(contentOf(stream))
    return (this.context.desk?.state.rows.get(stream)?.get(key)?.other ?? null) as Raw | null
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
