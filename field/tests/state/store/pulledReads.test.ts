import { expect, test } from "vitest"
import { Desk } from "../../../src/core/sync/desk"
import { newState, type PulledRow } from "../../../src/core/sync/state"
import type { Surroundings } from "../../../src/core/sync/surroundings"
import { Context, type Parts } from "../../../src/state/store/context"
import { pulledReads } from "../../../src/state/store/pulledReads"

function row(other: Record<string, unknown>): PulledRow {
  return { seq: 1, fields: {}, other }
}

/** A phone that was told these rows of one mine, and nothing else. */
function told(rows: Record<string, PulledRow>): ReturnType<typeof pulledReads> {
  const state = { ...newState(), rows: new Map([["mine:m-1", new Map(Object.entries(rows))]]) }
  const context = new Context(() => 0)
  const phone = { desk: new Desk(state, {} as Surroundings) }
  context.open({ phone, county: { membership: null } } as unknown as Parts)
  return pulledReads(context)
}

test("a mine's own row is called `mine` and nothing more: its id is its stream's", () => {
  const reads = told({
    mine: row({ name: "示例一矿", code: "M1", township: "一镇", county_telephone: "000-0000000" }),
    "place/p-1": row({ kind: "face", name: "1501综采工作面", code: "P1", status: "approved" }),
  })

  expect(reads.mines().map(({ id, name, telephone }) => [id, name, telephone])).toEqual([
    ["m-1", "示例一矿", "000-0000000"],
  ])
  expect(reads.mine("m-1")?.places.map(({ id }) => id)).toEqual(["p-1"])
})

test("a row that only begins like a mine's is no mine", () => {
  expect(told({ "mine/m-1": row({ name: "示例一矿" }) }).mines()).toEqual([])
})
