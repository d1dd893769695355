/** Whatever was pulled and whatever is still on the way: the screen shows the heads of the set (SPEC, RG-2, PN-3). */

import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Desk } from "../../../src/core/sync/desk"
import { encode } from "../../../src/core/sync/operations"
import { counted, disagree } from "../../../src/core/sync/registers"
import { newChain, newState, type Head, type Held } from "../../../src/core/sync/state"
import type { Surroundings } from "../../../src/core/sync/surroundings"
import { shown, uidsOf } from "../../../src/core/sync/view"
import type { Answer, Outcome } from "../../../src/core/sync/bodies"
import { hashing } from "./hashing"

interface Entry {
  readonly uid: string
  readonly parents: readonly string[]
  readonly outcome: Outcome
  readonly note: string
}

const VISIT = "a".repeat(26)
const REG = "answer/GAS-001/-"
const uidOf = (n: number): string => String(n).padStart(21, "u") + "A"

/** Entries of one register, each naming some that were there before it. */
const history: fc.Arbitrary<Entry[]> = fc
  .array(
    fc.record({
      outcome: fc.constantFrom<Outcome>("pass", "fail", "unseen", "na"),
      note: fc.constantFrom("", "看过", "复测"),
      seen: fc.array(fc.nat(20), { maxLength: 4 }),
    }),
    { maxLength: 12 },
  )
  .map((made) =>
    made.map(({ outcome, note, seen }, n) => ({
      uid: uidOf((n * 7) % 13),
      outcome,
      note,
      parents: [...new Set(seen.filter((at) => at < n).map((at) => uidOf((at * 7) % 13)))],
    })),
  )

const around: Surroundings = {
  clock: { read: () => [1, 1, "c"] },
  randomness: (count) => new Uint8Array(count),
  keys: { create: () => Promise.resolve(""), sign: () => Promise.resolve(""), isOpen: () => true },
  hashing,
  app: "",
}

function valueOf({ outcome, note }: Entry): Answer {
  return { outcome, ...(note ? { note } : {}), reason: "因为" }
}

/** By the definition: what no entry of the set names as parent. */
function headsOf(entries: readonly Entry[]): Entry[] {
  const named = new Set(entries.flatMap((entry) => entry.parents))
  return entries.filter((entry) => !named.has(entry.uid)).sort((a, b) => (a.uid < b.uid ? -1 : 1))
}

/** A phone that pulled the first `pulled` entries and wrote the others itself. */
function deskOf(entries: readonly Entry[], pulled: number, acked = 0): Desk {
  const state = newState()
  state.device = "d1"
  const heads = headsOf(entries.slice(0, pulled)).map((entry): Head => ({
    uid: entry.uid,
    person: "p2",
    device: "d2",
    wall: 1,
    value: valueOf(entry),
  }))
  state.rows.set(`visit:${VISIT}`, new Map([[REG, { seq: 1, fields: { "": heads } }]]))
  const log = entries.slice(pulled).map((entry, n): Held => {
    const head = {
      v: 1,
      uid: entry.uid,
      seq: n + 1,
      prev: "",
      t: [1, 1, "c"] as const,
      visit: VISIT,
      reg: REG,
    }
    const text = encode("answer.set", { ...head, parents: entry.parents }, valueOf(entry))
    return { seq: n + 1, uid: entry.uid, hash: "", text, signature: "" }
  })
  state.chains.push({ ...newChain("c1", "p1"), log, acked })
  return new Desk(state, around)
}

describe("a register on the screen", () => {
  it("is the heads of the whole set, however much of it was pulled", () => {
    fc.assert(
      fc.property(history, fc.nat(12), (entries, cut) => {
        const desk = deskOf(entries, Math.min(cut, entries.length))
        expect(uidsOf(shown(desk, `visit:${VISIT}`, REG))).toEqual(headsOf(entries).map((head) => head.uid))
      }),
    )
  })

  it("counts the gravest of what stands, and is disputed only where outcomes differ", () => {
    fc.assert(
      fc.property(history, fc.nat(12), (entries, cut) => {
        const register = shown(deskOf(entries, Math.min(cut, entries.length)), `visit:${VISIT}`, REG)
        const heads = headsOf(entries)
        const gravest = (["fail", "unseen", "pass", "na"] as const).find((o) =>
          heads.some((h) => h.outcome === o),
        )
        expect(register.counted).toBe(gravest ?? null)
        expect(register.disputed).toBe(new Set(heads.map((head) => head.outcome)).size > 1)
      }),
    )
  })

  it("an edit that names what is shown leaves one value", () => {
    fc.assert(
      fc.property(history, fc.nat(12), (entries, cut) => {
        const pulled = Math.min(cut, entries.length)
        const parents = uidsOf(shown(deskOf(entries, pulled), `visit:${VISIT}`, REG))
        const edit: Entry = { uid: uidOf(99), parents, outcome: "pass", note: "" }
        const after = shown(deskOf([...entries, edit], pulled), `visit:${VISIT}`, REG)
        expect(uidsOf(after)).toEqual([edit.uid])
      }),
    )
  })

  it("is the same whether laid entry by entry or built at once", () => {
    fc.assert(
      fc.property(history, fc.nat(12), (entries, cut) => {
        const whole = deskOf(entries, Math.min(cut, entries.length))
        const desk = deskOf(entries, Math.min(cut, entries.length))
        const [chain] = desk.state.chains
        const log = chain?.log.splice(0) ?? []
        shown(desk, `visit:${VISIT}`, REG)
        for (const held of log) {
          chain?.log.push(held)
          if (chain) desk.laid(chain, held)
        }
        expect(shown(desk, `visit:${VISIT}`, REG)).toEqual(shown(whole, `visit:${VISIT}`, REG))
      }),
    )
  })
})

describe("values side by side", () => {
  const answer = fc.record({
    outcome: fc.constantFrom<Outcome>("pass", "fail", "unseen", "na"),
    value: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
    note: fc.string(),
    reason: fc.string(),
  })

  it("note and reason are commentary", () => {
    fc.assert(
      fc.property(answer, fc.string(), (one, note) => {
        expect(disagree([one, { ...one, note, reason: note }])).toBe(false)
      }),
    )
  })

  it("what counts does not depend on the order", () => {
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1 }), (values) => {
        expect(counted(values)).toBe(counted([...values].reverse()))
      }),
    )
  })
})
