/**
 * A store like the phone's, in memory and reactive, for composables and for pictures of screens. Registers hold one head
 * unless a test adds more; nothing is signed and nothing travels.
 */

import { reactive, shallowReactive } from "vue"
import { counted as countedOf, disagree } from "../../src/core/sync/registers"
import type { Answer, FindingFields, Outcome } from "../../src/core/sync/bodies"
import {
  NotSaved,
  type NotSavedCode,
  type PhoneStore,
  type Said,
  type ShownFinding,
} from "../../src/state/phone"
import type { AttributeFacts, MineFacts, PlaceFacts, VisitFacts } from "../../src/state/pulled"

export const EDITION = "edition-1"
export const TODAY = "2026-11-23"

export interface Shift {
  readonly phone: PhoneStore
  /** Registers by visit and key; each a list of heads. */
  readonly registers: Map<string, readonly Said<unknown>[]>
  readonly visits: VisitFacts[]
  readonly findings: ShownFinding[]
  /** The next saves fail for this. */
  failWith: NotSavedCode | null
  /** Somebody says something at a visit, as if it had been pulled. */
  pulled(visit: string, key: string, person: string, value: unknown): void
}

let count = 0

function said(person: string, value: unknown): Said<unknown> {
  count += 1
  return {
    uid: `uid-${String(count)}`,
    person,
    device: "d1",
    at: 1_795_400_000_000 + count * 1000,
    value,
    isUnsent: true,
  }
}

export function place(id: string, kind: string, name: string): PlaceFacts {
  return { id, kind, name, code: id, openedOn: "2026-01-01", closedOn: null, status: "confirmed" }
}

function attribute(name: string, value: unknown): AttributeFacts {
  return { id: name, name, value, fromDate: "2026-01-01", place: null, recordedAt: "2026-01-01T00:00:00Z" }
}

export function visitOf(id: string, kind: VisitFacts["kind"], date = TODAY): VisitFacts {
  const life = { status: "open", participants: ["p1@d1"], joined: true }
  return { id, team: "t1", mine: "m1", kind, date, ordinal: 1, edition: EDITION, ...life }
}

const MINE: MineFacts = {
  ...{
    id: "m1",
    code: "M-1",
    name: "沁泽县东沟煤业有限公司（资源整合）",
    township: "北留镇",
    closedOn: null,
  },
  ...{ contractFrom: "2026-01-01", contractUntil: null, telephone: "0356-3022222" },
  places: [
    place("f1", "longwall_face", "3105综采工作面"),
    place("f2", "machine_heading", "3106运输顺槽掘进工作面"),
    place("f3", "blast_heading", "西翼回风大巷炮掘工作面"),
    place("r1", "main_return", "总回风巷"),
    place("c1", "main_pump_room", "+620主泵房"),
    place("c2", "substation", "中央变电所"),
    place("v1", "main_fan", "1号主通风机"),
  ],
  attributes: [attribute("status", "生产"), attribute("gas_grade", "高瓦斯")],
}

const NAMES = ["张建国", "李晓明", "王海燕", "赵志强", "陈立"] as const
const SPECIALTIES = ["mining", "ventilation", "electromechanical", "geology", "safety"] as const

export function storeOf(definition: unknown): Shift {
  const registers = shallowReactive(new Map<string, readonly Said<unknown>[]>())
  const shift = reactive({ failWith: null as NotSavedCode | null })
  const visits = shallowReactive<VisitFacts[]>([visitOf("v1", "round")])
  const findings = shallowReactive<ShownFinding[]>([])
  const put = (visit: string, key: string, value: unknown): Promise<void> => {
    if (shift.failWith !== null) return Promise.reject(new NotSaved(shift.failWith))
    registers.set(`${visit} ${key}`, [said("p1", value)])
    return Promise.resolve()
  }
  const heads = (visit: string, key: string): readonly Said<unknown>[] =>
    registers.get(`${visit} ${key}`) ?? []
  const reads: Partial<PhoneStore> = {
    life: { at: "open", person: "p1" },
    person: {
      id: "p1",
      name: NAMES[0],
      specialty: "mining",
      role: "leader",
      failures: 0,
      waitUntil: null,
      needsCode: false,
    },
    ...{ device: "d1", team: "t1", county: "c1", people: [] },
    members: () =>
      NAMES.map((name, at) => ({
        ...{ id: `m${String(at)}`, person: `p${String(at + 1)}`, name, role: at === 0 ? "leader" : "member" },
        ...{ specialty: SPECIALTIES[at] ?? null, fromDate: "2026-01-01", untilDate: null },
      })),
    mines: () => [MINE],
    mine: (id) => (id === MINE.id ? MINE : null),
    edition: (digest) => (digest === EDITION ? definition : null),
    editions: () => [{ digest: EDITION, number: 1, inForceFrom: "2026-07-01" }],
    fact: () => null,
    visits: () => visits,
    visit: (id) => visits.find((visit) => visit.id === id) ?? null,
    keys: (visit, prefix) => {
      const begin = `${visit} ${prefix}`
      return [...registers.keys()]
        .filter((key) => key.startsWith(begin))
        .map((key) => key.slice(visit.length + 1))
        .sort()
    },
    register: (visit, key) => ({ heads: heads(visit, key) as never, disputed: false }),
    answer: (visit, item, at) => {
      const found = heads(visit, `answer/${item}/${at}`) as readonly Said<Answer & { judged?: Outcome }>[]
      const values = found.map(({ value }) => value)
      return { heads: found, counted: countedOf(values), disputed: disagree(values) }
    },
    findings: () => findings,
    finding: (id) => findings.find(({ finding }) => finding === id) ?? null,
    ...{ photos: () => [], conflicts: () => [], outgoing: () => [] },
    sync: { at: "rest", heard: null },
    counts: {
      ...{ saved: 12, received: 40, photosSaved: 2, photosReceived: 0 },
      ...{ setAside: 0, carried: 0, clockOff: 0 },
    },
  }
  const commands: Partial<PhoneStore> = {
    setAnswer: (visit, item, at, answer) => put(visit, `answer/${item}/${at}`, answer),
    claim: (visit, person, items) => put(visit, `claim/${person}`, items),
    sign: (visit, signing) => put(visit, `sign/${signing.role}/${signing.person ?? "-"}`, signing),
    done: (visit) => put(visit, "done/p1@d1", { answers: 0, findings: 0, photos: 0 }),
    submit: (visit, note) => put(visit, "visit/status", { status: "submitted", note }),
    openVisit: ({ kind, date }) => {
      visits.push(visitOf(`opened-${kind}-${date}`, kind, date))
      return Promise.resolve(`opened-${kind}-${date}`)
    },
    joinVisit: () => Promise.resolve(),
    draft: () => Promise.resolve(undefined),
    keepDraft: () => Promise.resolve(),
    dropDraft: () => Promise.resolve(),
  }
  return Object.assign(shift, {
    phone: { ...reads, ...commands } as PhoneStore,
    ...{ registers, visits, findings },
    pulled: (visit: string, key: string, person: string, value: unknown) => {
      const before = registers.get(`${visit} ${key}`) ?? []
      registers.set(`${visit} ${key}`, [...before, said(person, value)])
    },
  })
}

export function findingAbout(item: string, at: string, text: string): ShownFinding {
  const field = (value: string) => ({ heads: [{ ...said("p1", value), value }], disputed: false })
  const fields: Partial<Record<keyof FindingFields, ReturnType<typeof field>>> = {
    item: field(item),
    place: field(at),
    text: field(text),
  }
  const state = { heads: [{ ...said("p1", "live"), value: "live" as const }], disputed: false }
  return {
    finding: `finding-${item}-${at}`,
    mine: "m1",
    fields,
    state,
    status: { heads: [], disputed: false },
    notes: [],
  }
}
