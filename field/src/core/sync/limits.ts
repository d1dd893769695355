/** Limits and field order of every body, the same as the server's: what a phone checks before it signs (SPEC, OP-7). */

import type {
  After,
  Answer,
  Bodies,
  ChainOpening,
  Claim,
  Done,
  FindingEdit,
  FindingFields,
  FindingRetraction,
  Kind,
  Location,
  Note,
  Original,
  Photo,
  PhotoRetraction,
  PlaceMark,
  ProposedPlace,
  Quantity,
  Recheck,
  Rotation,
  Signing,
  Submission,
  VisitIdentity,
} from "./bodies"
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

export const uid = text(22, 22, /^[A-Za-z0-9_-]{21}[AQgw]$/)
const digest = text(64, 64, /^[0-9a-f]{64}$/)
const day = text(10, 10, /^\d{4}-\d{2}-\d{2}$/)
const name = text(64, 1, /^[^/\s]+$/)
const long = text(4000)
const short = text(200)
const reasoned = text(2000, 1)
const key = text(1000)
const quantity: Read<Quantity> = either<Quantity>(number, text(Number.MAX_SAFE_INTEGER))
const size = integer(1)
const count = integer(0)

const after = record<After>({
  chain: need(uid),
  seq: need(integer()),
  hash: need(short),
  why: need(oneOf("fork", "rotation", "restore", "device")),
  proof: may(short),
})
const location = record<Location>({
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
    undone: may(flag, false),
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
