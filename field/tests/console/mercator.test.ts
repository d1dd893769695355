import { describe, expect, it } from "vitest"
import { project, tileAddress, tilesUnder, unproject } from "../../console/charts/mercator.ts"

const COUNTY = { west: 112.4, south: 35.2, east: 113.2, north: 35.8 }

describe("the projection of web maps", () => {
  it.each([
    [0, 0],
    [112.9, 35.5],
    [-70, -80],
    [180, 85],
  ])("takes %d, %d there and back", (lon, lat) => {
    const [x, y] = unproject(project([lon, lat]))
    expect(x).toBeCloseTo(lon, 9)
    expect(y).toBeCloseTo(lat, 9)
  })

  it("keeps a county's shape: a degree north is drawn longer than a degree east by the cosine", () => {
    const [x0, y0] = project([112.9, 35.5])
    const [x1, y1] = project([113.0, 35.6])
    expect((y0 - y1) / (x1 - x0)).toBeCloseTo(1 / Math.cos((35.55 * Math.PI) / 180), 3)
  })
})

describe("tiles under a map", () => {
  it("cover all that is shown and no more than a tile beyond", () => {
    const tiles = tilesUnder(COUNTY, 1000)
    const west = Math.min(...tiles.map((tile) => tile.west))
    const east = Math.max(...tiles.map((tile) => tile.east))
    const north = Math.max(...tiles.map((tile) => tile.north))
    const south = Math.min(...tiles.map((tile) => tile.south))
    expect([west <= COUNTY.west, east >= COUNTY.east, north >= COUNTY.north, south <= COUNTY.south]).toEqual([
      true,
      true,
      true,
      true,
    ])
    const wide = (tiles[0]?.east ?? 0) - (tiles[0]?.west ?? 0)
    expect(east - west).toBeLessThanOrEqual(COUNTY.east - COUNTY.west + 2 * wide)
  })

  it("are drawn at about their own size", () => {
    for (const width of [300, 1000, 2400]) {
      const tile = tilesUnder(COUNTY, width)[0]
      const drawn = (((tile?.east ?? 0) - (tile?.west ?? 0)) / (COUNTY.east - COUNTY.west)) * width
      expect(drawn).toBeGreaterThan(180)
      expect(drawn).toBeLessThan(363)
    }
  })

  it("have the numbers that tile servers give them", () => {
    const tiles = tilesUnder({ west: 112.9, south: 35.49, east: 112.91, north: 35.5 }, 256)
    expect(tiles[0]).toMatchObject({ z: 15, x: Math.floor(((112.9 + 180) / 360) * 2 ** 15), y: 12923 })
    expect(tileAddress("https://t/{z}/{x}/{y}.png", { z: 3, x: 6, y: 2, ...COUNTY })).toBe(
      "https://t/3/6/2.png",
    )
  })
})
