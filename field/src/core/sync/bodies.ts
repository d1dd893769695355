/** What the body of every kind of operation that a phone writes says (SPEC, part OP, table of kinds). */

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
  /** The author took a slip of the hand back: the pair is unanswered again (RG-10). */
  readonly undone?: boolean
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
