import { describe, expect, it } from "vitest"
import { Edition } from "../../../src/core/checklist/edition"
import type { Checklist } from "../../../src/core/checklist/definition"
import { stopsOf } from "../../../src/core/patrol/places"
import { library } from "../../state/shift"
import { place } from "../../state/memoryPhone"

const edition = new Edition(library as Checklist)
const places = [
  place("p-sub", "substation", "中央变电所"),
  { ...place("p-two", "longwall_face", "3106工作面"), code: "3106" },
  { ...place("p-one", "machine_heading", "3105顺槽"), code: "3105" },
]
const layout = {
  checklist: edition.checklist,
  items: edition.items,
  places: new Map(places.map((one) => [one.id, one])),
}

describe("the stops of a visit", () => {
  it("are faces first, by their number, then roadways and chambers, the mine itself last of each", () => {
    const atDispatch = [...edition.items.values()].find((item) => item.at?.[0] === "dispatch_room")
    const anywhere = [...edition.items.values()].find((item) => item.at === undefined)
    const pairs = [
      `${anywhere?.key ?? ""}/-`,
      `${atDispatch?.key ?? ""}/-`,
      "GAS-001/p-sub",
      "GAS-002/p-two",
      "GAS-002/p-one",
      "GAS-002/-",
    ]
    const stops = stopsOf(pairs, layout)
    expect(stops.map(({ id }) => id)).toEqual(["p-one", "p-two", "-face", "p-sub", "-surface", "-mine"])
    expect(stops.map(({ name }) => name)).toEqual(["3105顺槽", "3106工作面", null, "中央变电所", null, null])
  })
  it("hold every pair once and in its order", () => {
    const pairs = edition.pairs({ attributes: {}, places, on: "2026-11-23" }, "monthly")
    const stops = stopsOf(pairs, layout)
    expect(stops.flatMap((stop) => stop.pairs).sort()).toEqual([...pairs].sort())
    for (const stop of stops)
      expect([...stop.pairs]).toEqual(pairs.filter((pair) => stop.pairs.includes(pair)))
  })
  it("name a place that this phone does not know by its id", () => {
    expect(stopsOf(["GAS-001/gone"], layout)).toMatchObject([{ id: "gone", name: "gone", class: "mine" }])
  })
})
