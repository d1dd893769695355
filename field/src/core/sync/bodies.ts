/** The body of every kind of operation that a phone writes: types, limits and field order (SPEC, part OP). */

import {
  dictionary,
  either,
  flag,
  integer,
  list,
  may,
  need,
  number,
  oneOf,
  record,
  text,
  type Read,
} from "./shape"

export type Outcome = "fail" | "unseen" | "pass" | "na"
export type Quantity = number | string
export type VisitKind = "round" | "full" | "recheck" | "special"
export type Severity = "general" | "suspected_major" | "serious_violation"

export interface After {
  readonly chain: string
  readonly seq: number
  readonly hash: string
  readonly why: "fork" | "rotation" | "restore" | "device"
  readonly proof?: string
}
export interface ChainOpening {
  readonly chain: string
  readonly person: string
  readonly device: string
  readonly alg: string
  readonly key: string
  readonly app: string
  readonly platform?: string
  readonly after?: After
}
export interface Rotation {
  readonly next: string
  readonly alg: string
  readonly key: string
}
/** The whole identity of a visit (VS-1); `date` is local in Asia/Shanghai, `edition` a checklist's digest. */
export interface VisitIdentity {
  readonly team: string
  readonly mine: string
  readonly kind: VisitKind
  readonly date: string
  readonly ordinal: number
  readonly edition: string
  readonly role?: string
}
/** One outcome of an (item, place) pair; `value` as typed, in `unit`. */
export interface Answer {
  readonly outcome: Outcome
  readonly value?: Quantity
  readonly unit?: string
  readonly settings?: Readonly<Record<string, Quantity>>
  readonly note?: string
  readonly reason?: string
}
export interface FindingFields {
  readonly item?: string
  readonly place?: string
  readonly severity?: Severity
  readonly text?: string
  readonly deadline?: string
  readonly measures?: string
  readonly responsible?: string
  readonly answer?: string
}
export interface FindingEdit {
  readonly finding: string
  readonly set: FindingFields
  readonly seen?: Readonly<Record<string, readonly string[]>>
}
export interface FindingRetraction {
  readonly finding: string
  readonly reason: string
}
export interface Recheck {
  readonly finding: string
  readonly result: "passed" | "failed"
  readonly note?: string
  readonly deadline?: string
}
/** Where the device says it was; `none` is said aloud, never a silent default. `at` in ms since the epoch. */
export interface Location {
  readonly kind: "gnss" | "checkpoint" | "manual" | "none"
  readonly lat?: number
  readonly lon?: number
  readonly accuracy?: number
  readonly at?: number
  readonly source?: string
  readonly datum?: string
  readonly place?: string
  readonly reason?: string
}
export interface Original {
  readonly sha256: string
  readonly size: number
}
/** `of`: answer/<item>/<place>, finding/<id> or `visit`. */
export interface Photo {
  readonly photo: string
  readonly sha256: string
  readonly size: number
  readonly mime: string
  readonly width: number
  readonly height: number
  readonly of: string
  readonly source: "stream" | "file"
  readonly role?: string
  readonly original?: Original
  readonly annotates?: string
  readonly location?: Location
}
export interface PhotoRetraction {
  readonly photo: string
  readonly of: string
  readonly reason: string
}
export interface ProposedPlace {
  readonly place: string
  readonly mine: string
  readonly kind: string
  readonly name: string
  readonly within?: string
}
export interface PlaceMark {
  readonly location: Location
  readonly code?: string
}
export interface Claim {
  readonly person: string
  readonly items: readonly string[]
}
export interface Note {
  readonly note: string
  readonly of: string
  readonly text: string
}
export interface Signing {
  readonly role: "member" | "companion"
  readonly name: string
  readonly person?: string
  readonly refused?: boolean
  readonly reason?: string
  readonly picture?: string
}
export interface Done {
  readonly answers: number
  readonly findings: number
  readonly photos: number
}
export interface Submission {
  readonly expected?: readonly string[]
  readonly note?: string
}

export const uid = text(22, 22, /^[A-Za-z0-9_-]{21}[AQgw]$/)
export const digest = text(64, 64, /^[0-9a-f]{64}$/)
const day = text(10, 10, /^\d{4}-\d{2}-\d{2}$/)
const name = text(64, 1, /^[^/\s]+$/)
const long = text(4000)
const short = text(200)
const reasoned = text(2000, 1)
const key = text(1000)
const quantity: Read<Quantity> = either<Quantity>(number, text(Number.MAX_SAFE_INTEGER))
const size = integer(1)
const count = integer(0)

export const after = record<After>({
  chain: need(uid),
  seq: need(integer()),
  hash: need(short),
  why: need(oneOf("fork", "rotation", "restore", "device")),
  proof: may(short),
})
export const location = record<Location>({
  kind: need(oneOf("gnss", "checkpoint", "manual", "none")),
  lat: may(number),
  lon: may(number),
  accuracy: may(number),
  at: may(integer()),
  source: may(short),
  datum: may(short),
  place: may(name),
  reason: may(long),
})
export const findingFields = record<FindingFields>({
  item: may(name),
  place: may(name),
  severity: may(oneOf("general", "suspected_major", "serious_violation")),
  text: may(long),
  deadline: may(day),
  measures: may(long),
  responsible: may(short),
  answer: may(short),
})
const identity = record<VisitIdentity>({
  team: need(name),
  mine: need(name),
  kind: need(oneOf("round", "full", "recheck", "special")),
  date: need(day),
  ordinal: need(integer(1, 99)),
  edition: need(short),
  role: may(short),
})

/** The body of every kind that a phone writes. */
export interface Bodies {
  "chain.open": ChainOpening
  "chain.rotate": Rotation
  "visit.open": VisitIdentity
  "visit.join": VisitIdentity
  "answer.set": Answer
  "finding.set": FindingEdit
  "finding.retract": FindingRetraction
  "finding.recheck": Recheck
  "photo.add": Photo
  "photo.retract": PhotoRetraction
  "place.add": ProposedPlace
  "place.mark": PlaceMark
  "item.claim": Claim
  "note.add": Note
  "visit.sign": Signing
  "visit.done": Done
  "visit.submit": Submission
}
export type Kind = keyof Bodies

export const BODIES: { readonly [K in Kind]: Read<Bodies[K]> } = {
  "chain.open": record<ChainOpening>({
    chain: need(uid),
    person: need(name),
    device: need(name),
    alg: need(short),
    key: need(key),
    app: need(short),
    platform: may(short),
    after: may(after),
  }),
  "chain.rotate": record<Rotation>({ next: need(uid), alg: need(short), key: need(key) }),
  "visit.open": identity,
  "visit.join": identity,
  "answer.set": record<Answer>({
    outcome: need(oneOf("fail", "unseen", "pass", "na")),
    value: may(quantity),
    unit: may(short),
    settings: may(dictionary(quantity)),
    note: may(long),
    reason: may(reasoned),
  }),
  "finding.set": record<FindingEdit>({
    finding: need(uid),
    set: need(findingFields),
    seen: may(dictionary(list(uid)), {}),
  }),
  "finding.retract": record<FindingRetraction>({ finding: need(uid), reason: need(reasoned) }),
  "finding.recheck": record<Recheck>({
    finding: need(uid),
    result: need(oneOf("passed", "failed")),
    note: may(long),
    deadline: may(day),
  }),
  "photo.add": record<Photo>({
    photo: need(uid),
    sha256: need(digest),
    size: need(integer(1, 2 ** 32)),
    mime: need(short),
    width: need(integer(1, 100_000)),
    height: need(integer(1, 100_000)),
    of: need(short),
    source: need(oneOf("stream", "file")),
    role: may(short),
    original: may(record<Original>({ sha256: need(digest), size: need(size) })),
    annotates: may(uid),
    location: may(location),
  }),
  "photo.retract": record<PhotoRetraction>({ photo: need(uid), of: need(short), reason: need(reasoned) }),
  "place.add": record<ProposedPlace>({
    place: need(uid),
    mine: need(name),
    kind: need(name),
    name: need(short),
    within: may(name),
  }),
  "place.mark": record<PlaceMark>({ location: need(location), code: may(short) }),
  "item.claim": record<Claim>({ person: need(name), items: need(list(name, 1000)) }),
  "note.add": record<Note>({ note: need(uid), of: need(short), text: need(long) }),
  "visit.sign": record<Signing>({
    role: need(oneOf("member", "companion")),
    name: need(short),
    person: may(name),
    refused: may(flag, false),
    reason: may(reasoned),
    picture: may(digest),
  }),
  "visit.done": record<Done>({ answers: need(count), findings: need(count), photos: need(count) }),
  "visit.submit": record<Submission>({ expected: may(list(short, 100), []), note: may(long) }),
}
