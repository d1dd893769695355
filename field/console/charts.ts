// Draws the charts of a page: the map of its mines and the trend. The page's tables say the same without them.
import { BarChart, LineChart, ScatterChart } from "echarts/charts"
import {
  AriaComponent,
  GeoComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
} from "echarts/components"
import { init, registerMap, use, type EChartsType } from "echarts/core"
import { CanvasRenderer } from "echarts/renderers"
import { coloursOf, fontOf } from "./charts/colours.ts"
import { chartData, type ChartData } from "./charts/data.ts"
import { groundOf } from "./charts/ground.ts"
import { GROUND, mapOption, pointOf } from "./charts/map.ts"
import { layTiles } from "./charts/tiles.ts"
import { trendOption } from "./charts/trend.ts"

use([
  BarChart,
  LineChart,
  ScatterChart,
  AriaComponent,
  GeoComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
])
use([CanvasRenderer])

type Draw = (chart: EChartsType, element: HTMLElement, data: ChartData, still: boolean) => void

const DRAWN: Readonly<Record<string, Draw>> = {
  map: (chart, element, data, still) =>
    chart.setOption(mapOption(data, coloursOf(element), fontOf(element), still), { notMerge: true }),
  trend: (chart, element, data, still) =>
    chart.setOption(trendOption(data, coloursOf(element), fontOf(element), still), { notMerge: true }),
}

async function drawAll(data: ChartData): Promise<void> {
  const elements = [...document.querySelectorAll<HTMLElement>("[data-chart]")]
  const maps = elements.filter((element) => element.dataset.chart === "map")
  // The outline is on its way while what needs none is drawn.
  const ground =
    maps.length === 0
      ? undefined
      : groundOf(
          data.map.outline,
          data.points.map(({ at }) => at),
        )
  for (const element of elements) if (!maps.includes(element)) draw(element, data)
  if (ground === undefined) return
  registerMap(GROUND, (await ground) as never)
  for (const element of maps) draw(element, data)
}

function draw(element: HTMLElement, data: ChartData): void {
  const kind = element.dataset.chart ?? ""
  const paint = DRAWN[kind]
  if (paint === undefined) return
  const chart = init(element)
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  paint(chart, element, data, still)
  if (kind === "map") leadToMines(chart, data)
  new ResizeObserver(() => chart.resize()).observe(element)
  // What was moved by hand stays where it is when only the colours change.
  whenColoursChange(() => paint(chart, element, data, true))
  element.dataset.drawn = "true"
}

function leadToMines(chart: EChartsType, data: ChartData): void {
  if (data.map.tiles !== null) layTiles(chart, data.map.tiles)
  chart.on("click", (params) => {
    const point = pointOf(params, data.points)
    if (point !== undefined) location.assign(`/mines/${encodeURIComponent(point.id)}`)
  })
}

function whenColoursChange(repaint: () => void): void {
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] })
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint)
}

const data = chartData()
if (data !== undefined) void drawAll(data)
