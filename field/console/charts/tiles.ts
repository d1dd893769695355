// Pictures of a tile server under the map, where the installation names one. They lie still until the map is moved.
import type { EChartsType } from "echarts/core"
import { project, tileAddress, tilesUnder, unproject, type Tile } from "./mercator.ts"

const GEO = { geoIndex: 0 }
const MOST = 80

/** Lays tiles under a chart's map and lays them anew whenever it moves. */
export function layTiles(chart: EChartsType, pattern: string): void {
  const layer = document.createElement("div")
  layer.className = "tiles"
  layer.setAttribute("aria-hidden", "true")
  chart.getDom().prepend(layer)
  const lay = (): void => layer.replaceChildren(...pictures(chart, pattern))
  chart.on("georoam", lay)
  chart.on("finished", () => {
    if (layer.childElementCount === 0) lay()
  })
  new ResizeObserver(lay).observe(chart.getDom())
}

function pictures(chart: EChartsType, pattern: string): HTMLImageElement[] {
  const [width, height] = [chart.getWidth(), chart.getHeight()]
  const place = placesOf(chart)
  const [west, north] = place(0, 0)
  const [east, south] = place(width, height)
  if (![west, north, east, south].every(Number.isFinite)) return []
  const tiles = tilesUnder({ west, south, east, north }, width)
  return tiles.length > MOST ? [] : tiles.map((tile) => picture(chart, tileAddress(pattern, tile), tile))
}

/** Pixel → longitude and latitude. The chart's own way back is wrong under a projection; between two points that it
 * projects everything is straight. */
function placesOf(chart: EChartsType): (x: number, y: number) => [number, number] {
  const [west, north, east, south] = [100, 40, 120, 20]
  const [left, top] = chart.convertToPixel(GEO, [west, north]) as [number, number]
  const [right, bottom] = chart.convertToPixel(GEO, [east, south]) as [number, number]
  const [x0, y0] = project([west, north])
  const [x1, y1] = project([east, south])
  return (x, y) =>
    unproject([x0 + ((x - left) * (x1 - x0)) / (right - left), y0 + ((y - top) * (y1 - y0)) / (bottom - top)])
}

function picture(chart: EChartsType, address: string, tile: Tile): HTMLImageElement {
  const [left, top] = chart.convertToPixel(GEO, [tile.west, tile.north]) as [number, number]
  const [right, bottom] = chart.convertToPixel(GEO, [tile.east, tile.south]) as [number, number]
  const image = new Image()
  image.alt = ""
  image.src = address
  Object.assign(image.style, {
    left: `${left}px`,
    top: `${top}px`,
    width: `${right - left + 0.5}px`,
    height: `${bottom - top + 0.5}px`,
  })
  return image
}
