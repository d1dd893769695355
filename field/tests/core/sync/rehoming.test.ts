/** Small rules that no story tells: what is moved when a chain is left, and which pages are taken (SPEC, CH-9, FD-4). */

import { expect, it } from "vitest"
import { leaveBroken } from "../../../src/core/sync/answering"
import { Desk } from "../../../src/core/sync/desk"
import { enterVisit, setAnswer } from "../../../src/core/sync/edits"
import { decode } from "../../../src/core/sync/operations"
import { applyPages } from "../../../src/core/sync/pages"
import { openChain } from "../../../src/core/sync/pen"
import { newState } from "../../../src/core/sync/state"
import type { Surroundings } from "../../../src/core/sync/surroundings"
import { hashing } from "./hashing"

function newDesk(isOpen = true): Desk {
  let number = 0
  const around: Surroundings = {
    clock: { read: () => [1, 1, "c"] },
    randomness: (count) => new Uint8Array(count).fill((number += 1)),
    keys: {
      create: () => Promise.resolve("key"),
      sign: () => Promise.resolve("signature"),
      isOpen: () => isOpen,
    },
    hashing,
    app: "1",
  }
  const state = newState()
  state.device = "d1"
  return new Desk(state, around)
}

async function atWork(desk: Desk): Promise<string> {
  await openChain(desk, "p1")
  const identity = {
    team: "t",
    mine: "m",
    kind: "round",
    date: "2026-11-23",
    ordinal: 1,
    edition: "e",
  } as const
  const visit = await enterVisit(desk, "p1", identity, "visit.open")
  await setAnswer({ desk, person: "p1", visit }, "answer/GAS-001/-", { outcome: "pass" })
  return visit
}

it("ch_9 a chain of which nothing arrived is left with all its work but its opening", async () => {
  const desk = newDesk()
  await atWork(desk)
  const [old] = desk.state.chains
  const uids = old?.log.slice(1).map((held) => held.uid)
  if (old) old.broken = "signature"
  await leaveBroken(desk)
  const [, fresh] = desk.state.chains
  const kinds = fresh?.log.map((held) => decode(held.text).kind)
  expect([old?.log, old?.closed]).toEqual([[], true])
  expect(kinds).toEqual(["chain.open", "visit.open", "answer.set"])
  expect(fresh?.log.slice(1).map((held) => held.uid)).toEqual(uids)
  expect(fresh?.log.map((held) => held.seq)).toEqual([1, 2, 3])
})

it("ch_9 a broken chain waits while its person's keys are locked away", async () => {
  const desk = newDesk(false)
  await atWork(desk)
  const [old] = desk.state.chains
  if (old) old.broken = "fork"
  await leaveBroken(desk)
  expect([desk.state.chains.length, old?.broken, old?.log.length]).toEqual([1, "fork", 3])
})

it.each([
  [0, 4, true],
  [4, 4, true],
  [3, 4, false],
  [5, 4, false],
])("fd_4 of pages after %i at cursor %i: taken %s", (after, cursor, taken) => {
  const desk = newDesk()
  if (after > 0 || cursor > 0) desk.state.cursor["team:t"] = after === 0 ? 0 : cursor
  const rows = [{ seq: after + 1, key: "member/m", data: { name: "甲" } }]
  const flying = { nonce: "n", sent: new Map<string, readonly [number, number]>() }
  applyPages(desk, [{ stream: "team:t", after, upto: after + 1, rows }], flying)
  expect(desk.state.rows.get("team:t")?.has("member/m") ?? false).toBe(taken)
  if (taken) expect(desk.state.cursor["team:t"]).toBe(after + 1)
})

it("a locked phone leaves pages for later", () => {
  const desk = newDesk()
  desk.rowsAreOpen = false
  const flying = { nonce: "n", sent: new Map<string, readonly [number, number]>() }
  applyPages(desk, [{ stream: "team:t", after: 0, upto: 9, rows: [] }], flying)
  expect(desk.state.cursor).toEqual({})
})
