/**
 * What a person does on the phone, each as one operation (SPEC, part PN). Every edit names as parents exactly what the
 * screen showed; nothing waits for the network.
 */

import type { Answer, Bodies, FindingFields, Kind, Recheck, Signing, VisitIdentity } from "./bodies"
import { visitId } from "./chain"
import type { Desk } from "./desk"
import type { Made } from "./state"
import * as pen from "./pen"
import { CannotWrite } from "./pen"
import { fieldsShown, keysShown, shown, uidsOf } from "./view"

const SORTS: Partial<Record<Kind, keyof Made>> = {
  "answer.set": "answers",
  "finding.set": "findings",
  "finding.retract": "findings",
  "finding.recheck": "findings",
  "photo.add": "photos",
  "photo.retract": "photos",
}

const NONE: Made = { answers: 0, findings: 0, photos: 0 }

/** Who does it, in which visit. */
export interface Doing {
  readonly desk: Desk
  readonly person: string
  readonly visit: string
}

/** One operation on the person's chain, counted for the visit's `visit.done`. */
async function write<K extends Kind>(
  doing: Doing,
  kind: K,
  body: Bodies[K],
  naming: pen.Naming = {},
): Promise<string> {
  const { desk, person, visit } = doing
  const uid = await pen.write(desk, pen.currentChain(desk, person), kind, body, { visit, ...naming })
  const sort = SORTS[kind]
  if (sort !== undefined) {
    const key = `${visit} ${person}`
    const made = desk.state.made[key] ?? NONE
    desk.state.made[key] = { ...made, [sort]: made[sort] + 1 }
    desk.journal.made.add(key)
  }
  return uid
}

function heads({ desk, visit }: Doing, key: string): { parents: string[] } {
  return { parents: uidsOf(shown(desk, `visit:${visit}`, key)) }
}

/** Open or join a visit; its derived id. */
export async function enterVisit(
  desk: Desk,
  person: string,
  identity: VisitIdentity,
  how: "visit.open" | "visit.join",
): Promise<string> {
  const visit = await visitId(desk.around.hashing, identity)
  desk.state.mines[visit] = identity.mine
  desk.journal.phone = true
  return write({ desk, person, visit }, how, identity).then(() => visit)
}

/** Answer a pair; over a dispute this settles it, because every shown head is named. */
export function setAnswer(doing: Doing, reg: string, body: Answer): Promise<string> {
  return write(doing, "answer.set", body, { reg, ...heads(doing, reg) })
}

/** Settle a dispute that the screen shows; throws CannotWrite where there is none (RG-5). */
export async function settleAnswer(doing: Doing, reg: string, body: Answer): Promise<string> {
  if (!shown(doing.desk, `visit:${doing.visit}`, reg).disputed) throw new CannotWrite("no_dispute")
  return setAnswer(doing, reg, body)
}

/** Raise a finding (a new id) or change fields of one. */
export function setFinding(doing: Doing, finding: string, fields: FindingFields): Promise<string> {
  const { desk, visit } = doing
  const mine = desk.state.mines[visit] ?? desk.state.findings[finding] ?? ""
  if (desk.state.findings[finding] !== mine) {
    desk.state.findings[finding] = mine
    desk.journal.phone = true
  }
  const row = fieldsShown(desk, `mine:${mine}`, `finding/${finding}`)
  const given = [
    ...Object.keys(fields).filter((name) => fields[name as keyof FindingFields] !== undefined),
    "state",
  ]
  const known = given.sort().filter((name) => (row[name]?.heads.length ?? 0) > 0)
  const seen = Object.fromEntries(known.map((name) => [name, row[name] ? uidsOf(row[name]) : []]))
  return write(doing, "finding.set", { finding, set: fields, seen })
}

/** Settle fields of a finding that the screen shows disputed. */
export async function settleFinding(doing: Doing, finding: string, fields: FindingFields): Promise<string> {
  const row = fieldsShown(doing.desk, streamOf(doing.desk, finding), `finding/${finding}`)
  if (!Object.values(row).some((field) => field.disputed)) throw new CannotWrite("no_dispute")
  return setFinding(doing, finding, fields)
}

/** Take a finding back; an edit that did not see this stands beside it (FN-5). */
export function retractFinding(doing: Doing, finding: string, reason: string): Promise<string> {
  const parents = findingHeads(doing.desk, finding, "state")
  return write(doing, "finding.retract", { finding, reason }, { parents })
}

/** Say whether a finding was put right. */
export function recheckFinding(doing: Doing, body: Recheck): Promise<string> {
  return write(doing, "finding.recheck", body, { parents: findingHeads(doing.desk, body.finding, "status") })
}

/** Add a photo's facts, or retract it; its bytes travel apart. */
export function addPhoto(doing: Doing, body: Bodies["photo.add"]): Promise<string> {
  return write(doing, "photo.add", body, heads(doing, `photo/${body.photo}`))
}

export function retractPhoto(doing: Doing, body: Bodies["photo.retract"]): Promise<string> {
  return write(doing, "photo.retract", body, heads(doing, `photo/${body.photo}`))
}

/** A note of the visit, an answer or a finding; the same id again changes it. */
export function setNote(doing: Doing, body: Bodies["note.add"]): Promise<string> {
  const [sort, finding = ""] = body.of.split("/")
  const key = `note/${body.note}`
  const parents = sort === "finding" ? findingHeads(doing.desk, finding, key) : heads(doing, key).parents
  return write(doing, "note.add", body, { parents })
}

/** Say which items are whose; advice, never a lock. */
export function claim(doing: Doing, body: Bodies["item.claim"]): Promise<string> {
  return write(doing, "item.claim", body, heads(doing, `claim/${body.person}`))
}

export function markPlace(doing: Doing, body: Bodies["place.mark"]): Promise<string> {
  return write(doing, "place.mark", body)
}

/** A place that the register lacks. */
export function addPlace(doing: Doing, body: Bodies["place.add"]): Promise<string> {
  return write(doing, "place.add", body, heads(doing, `place/${body.place}`))
}

/** A signature, or the recorded refusal of one. */
export function sign(doing: Doing, body: Signing): Promise<string> {
  const who = body.role === "member" ? (body.person ?? doing.person) : "-"
  return write(doing, "visit.sign", body, heads(doing, `sign/${body.role}/${who}`))
}

/** This person's work on this phone is entered; says how much it is. */
export function done(doing: Doing): Promise<string> {
  const { desk, person, visit } = doing
  const made = desk.state.made[`${visit} ${person}`] ?? NONE
  return write(doing, "visit.done", made, heads(doing, `done/${person}@${desk.state.device}`))
}

/** Submit the visit; names everybody whose joining this phone has seen. */
export function submit(doing: Doing, note?: string): Promise<string> {
  const joined = keysShown(doing.desk, `visit:${doing.visit}`, "join/")
  const body = { expected: joined.map((key) => key.slice(5)), ...(note === undefined ? {} : { note }) }
  return write(doing, "visit.submit", body, heads(doing, "visit/status"))
}

export function streamOf(desk: Desk, finding: string): string {
  return `mine:${desk.state.findings[finding] ?? ""}`
}

function findingHeads(desk: Desk, finding: string, field: string): string[] {
  return uidsOf(shown(desk, streamOf(desk, finding), `finding/${finding}`, field))
}
