import { describe, expect, it } from "vitest"
import type { Colours } from "../../console/charts/colours.ts"
import type { ChartData, Point, State } from "../../console/charts/data.ts"
import { boundsAround, frameAround, groundOf } from "../../console/charts/ground.ts"
import { mapOption, pointOf } from "../../console/charts/map.ts"
import { trendOption } from "../../console/charts/trend.ts"

const STATES: State[] = ["met", "under_way", "due", "missed", "excused", "none"]
const colours: Colours = {
  ink: "ink",
  soft: "soft",
  line: "line",
  surface: "surface",
  sunk: "sunk",
  edge: "edge",
  accent: "accent",
  grave: "grave",
  recorded: "recorded",
  closed: "closed",
  states: { met: "c1", under_way: "c2", due: "c3", missed: "c4", excused: "c5", none: "c6" },
}

function point(state: State, but: Partial<Point> = {}): Point {
  return { id: state, name: state, at: [112.9, 35.5], state, ratio: 0.5, grave: false, overdue: 0, ...but }
}

function data(points: readonly Point[]): ChartData {
  const words = Object.fromEntries(STATES.map((state) => [state, `word ${state}`]))
  const month = { month: "2026-11", ratio: 0.9999, mines: 2, met: 1, recorded: 3, closed: 1 }
  return {
    points,
    trend: [{ ...month, month: "2026-10", ratio: null }, month],
    map: { outline: null, tiles: null },
    words,
  }
}

interface Drawn {
  name: string
  symbol: string
  itemStyle: { color: string; borderColor: string }
  data: { id: string }[]
}

function drawn(points: readonly Point[]): Drawn[] {
  return mapOption(data(points), colours, "font", true).series as unknown as Drawn[]
}

describe("the map", () => {
  it("tells states apart by shape as well as by colour", () => {
    const series = drawn(STATES.map((state) => point(state)))
    const looks = series.map(
      (one) => `${one.symbol} ${one.itemStyle.color === "transparent" ? "empty" : "full"}`,
    )
    expect(new Set(looks).size).toBe(STATES.length)
  })

  it("shows every mine once, and a grave one with a ring around it", () => {
    const series = drawn([point("met"), point("due", { id: "bad", grave: true })])
    expect(series.map((one) => one.data.map((mine) => mine.id))).toEqual([["bad"], ["bad"], ["met"]])
    expect(series[0]?.itemStyle).toMatchObject({ color: "transparent", borderColor: "grave" })
  })

  it("knows which mine was pointed at", () => {
    const points = [point("met", { id: "a" }), point("due", { id: "b" })]
    expect(pointOf({ data: { id: "b" } }, points)?.id).toBe("b")
    expect(pointOf({}, points)).toBeUndefined()
  })

  it("moves only where motion is wanted", () => {
    expect(mapOption(data([]), colours, "font", true).animation).toBe(false)
    expect(mapOption(data([]), colours, "font", false).animation).toBe(true)
  })
})

describe("the ground", () => {
  it("leaves room around the points, around a single one too", () => {
    const around = boundsAround([[112.9, 35.5]])
    expect(around.east - around.west).toBeCloseTo(0.1)
    expect(frameAround([[112.9, 35.5]]).features[0]?.geometry.coordinates[0]).toHaveLength(5)
  })

  it("is a plain frame where the county has no outline", async () => {
    expect((await groundOf(null, [[112.9, 35.5]])).features[0]?.properties.name).toBe("")
  })
})

describe("the trend", () => {
  it("never rounds a month up to full coverage, and leaves out a month of which nothing was kept", () => {
    const series = trendOption(data([]), colours, "font", true).series as { type: string; data: unknown }[]
    expect(series.find((one) => one.type === "line")?.data).toEqual([null, 99.9])
  })
})
