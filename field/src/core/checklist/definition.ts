/**
 * What a checklist is, as its compiled edition says it: sections of items, each with its answer, its places and its
 * legal links. Types and the reading of an edition's JSON only; decimals are text, so that no binary fraction stands
 * between rule and answer.
 */

/** The version of the compiled form; any other is refused, because what is not said would mean something else. */
export const FORMAT = 1
/** The place id of a pair whose item is asked of the mine itself. */
export const MINE_ITSELF = "-"

export const OUTCOMES = ["na", "pass", "unseen", "fail"] as const
/** From the lightest to the gravest. */
export type Outcome = (typeof OUTCOMES)[number]
export type Cadence = "round" | "monthly"
/** `<item key>/<place id>`: the unit of coverage. */
export type Pair = string
/** A parsed `applies`: `['in', 'gas_grade', ['突出']]`, `['and', …]` (docs/checklist-format.md). */
export type Condition = readonly [string, ...unknown[]]

export interface Attribute {
  readonly title: string
  readonly type: "enum" | "bool" | "number"
  readonly values?: readonly string[]
}

export type PlaceClass = "face" | "roadway" | "chamber" | "device" | "surface" | "records"

export interface PlaceKind {
  readonly title: string
  readonly class: PlaceClass
}

/** Outside `least`…`most` a value is a slip of the hand. */
export interface Unit {
  readonly title: string
  readonly quantity: string
  readonly least?: string
  readonly most?: string
}

/** A legal text; `from` and `until` are its first and its last day in force. */
export interface Standard {
  readonly title: string
  readonly document: string
  readonly from: string
  readonly until?: string
}

export interface Link {
  readonly standard: string
  readonly article: string
}

/** Bounds in the answer's own unit: `min` and `max` still pass, `below` and `above` do not. */
export interface Limits {
  readonly min?: string
  readonly max?: string
  readonly below?: string
  readonly above?: string
}

type Accepts = Readonly<Record<string, string>>
export type Fields = Readonly<Record<string, Limits>>

/** A person says; `fields` are settings (alarm, cut, restore) that may be added and are then judged. */
export interface PassFail {
  readonly type: "pass_fail"
  readonly unit?: string
  readonly accepts?: Accepts
  readonly fields?: Fields
}

/** A reading. `accepts`: unit a person may type → exact factor to `unit`. With `fields`, the settings instead. */
export interface NumberAnswer {
  readonly type: "number"
  readonly unit: string
  readonly accepts: Accepts
  readonly limits?: Limits
  readonly fields?: Fields
}

export interface Count {
  readonly type: "count"
  readonly unit: string
  readonly limits?: Limits
}

/** One of the two, in days from the visit's day, inclusive. */
export interface DateAnswer {
  readonly type: "date"
  readonly max_age_days?: number
  readonly min_days_left?: number
}

export type AnswerType = PassFail | NumberAnswer | Count | DateAnswer

export interface Severity {
  readonly serious_violation?: boolean
  readonly may_be_major?: readonly Link[]
}

export type Specialty = "mining" | "ventilation" | "electromechanical" | "geology" | "safety"

/** One thing that is looked at; `key` means it for ever, in every edition. */
export interface Item {
  readonly key: string
  readonly title: string
  readonly answer: AnswerType
  readonly repeat: "mine" | "place"
  readonly cadence: Cadence
  readonly photo: "required" | "optional" | "none"
  readonly specialty: Specialty
  readonly basis: string
  readonly guidance?: string
  readonly evidence?: string
  readonly applies?: Condition
  readonly at?: readonly string[]
  readonly unplaced?: "mine" | "none"
  readonly severity?: Severity
  readonly clauses?: readonly Link[]
  readonly notice?: readonly string[]
}

export interface Section {
  readonly domain: string
  readonly title: string
  readonly items: readonly Item[]
}

/** One edition's whole content. */
export interface Checklist {
  readonly format: typeof FORMAT
  readonly checklist: string
  readonly title: string
  readonly number: number
  readonly from: string
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly places: Readonly<Record<string, PlaceKind>>
  readonly units: Readonly<Record<string, Unit>>
  readonly standards: Readonly<Record<string, Standard>>
  readonly sections: readonly Section[]
}

/** The bytes are no edition that this program understands. */
export class UnknownFormat extends Error {
  constructor(readonly format: unknown) {
    super(`edition format ${String(format)}`)
  }
}

/** The checklist that an edition's JSON text says. Its digest is the caller's to check. Throws UnknownFormat. */
export function readChecklist(text: string): Checklist {
  const said = JSON.parse(text) as Checklist
  const format: unknown = (said as { format?: unknown } | null)?.format
  if (format !== FORMAT) throw new UnknownFormat(format)
  return said
}

/** Item key and place id of a pair. */
export function partsOf(pair: Pair): readonly [item: string, place: string] {
  const at = pair.indexOf("/")
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)]
}

export function pairOf(item: string, place: string): Pair {
  return `${item}/${place}`
}
