/** What the county told this phone of its team, mines and visits, as the screens see it. */

import type { VisitKind } from "../core/sync/bodies"

export interface TeamMember {
  readonly id: string
  readonly person: string
  readonly name: string
  readonly role: "leader" | "member"
  readonly specialty: string | null
  readonly fromDate: string
  readonly untilDate: string | null
}

export interface PlaceFacts {
  readonly id: string
  readonly kind: string
  readonly name: string
  /** What its plate says; scanned or typed. */
  readonly code: string | null
  readonly openedOn: string | null
  readonly closedOn: string | null
  /** 'confirmed', 'proposed', 'declined'; 'new' for one of this phone that the county has not. */
  readonly status: string
}

export interface AttributeFacts {
  readonly id: string
  readonly name: string
  readonly value: unknown
  readonly fromDate: string
  readonly place: string | null
  readonly recordedAt: string
}

export interface MineFacts {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly township: string
  readonly closedOn: string | null
  /** The county's number to phone for a suspected major hazard. */
  readonly telephone: string | null
  /** Days of this team's contract, null where there is none in force. */
  readonly contractFrom: string | null
  readonly contractUntil: string | null
  readonly places: readonly PlaceFacts[]
  readonly attributes: readonly AttributeFacts[]
}

export interface VisitFacts {
  readonly id: string
  readonly team: string
  readonly mine: string
  readonly kind: VisitKind
  readonly date: string
  readonly ordinal: number
  readonly edition: string
  /** What the county or this phone's own operations say, the gravest: open < submitted < sealed < void. */
  readonly status: string
  /** <person>@<device> of everybody who joined. */
  readonly participants: readonly string[]
  /** Whether the current person has joined with this phone: what they do on another is waited for by itself. */
  readonly joined: boolean
}

export type PrepareName = "exchange" | "editions" | "duties" | "left" | "photos"

export interface PrepareStep {
  readonly name: PrepareName
  readonly done: boolean
  readonly part: number
  readonly of: number
}

export interface Prepared {
  readonly complete: boolean
  /** Steps that could not be fetched. */
  readonly missing: readonly PrepareName[]
  readonly at: number
}
