// The mines where they lie: a point's colour and its shape say the month's state, a ring a grave finding.
import type { ComposeOption } from "echarts/core"
import type { ScatterSeriesOption } from "echarts/charts"
import type { GeoComponentOption, LegendComponentOption, TooltipComponentOption } from "echarts/components"
import type { Colours } from "./colours.ts"
import { STATES, type ChartData, type Point, type State } from "./data.ts"
import { project, unproject } from "./mercator.ts"

export type MapOption = ComposeOption<
  ScatterSeriesOption | GeoComponentOption | LegendComponentOption | TooltipComponentOption
>

export const GROUND = "county"
/** Names of more mines than this lie over each other. */
const NAMED = 60
const SHAPES: Readonly<Record<State, string>> = {
  met: "circle",
  under_way: "roundRect",
  due: "diamond",
  missed: "triangle",
  excused: "rect",
  none: "circle",
}

export function mapOption(data: ChartData, colours: Colours, font: string, still: boolean): MapOption {
  const words = data.words
  return {
    animation: !still,
    textStyle: { fontFamily: font, color: colours.ink },
    geo: ground(colours, data.map.tiles !== null),
    legend: {
      bottom: 0,
      itemGap: 14,
      padding: [4, 10],
      borderRadius: 4,
      backgroundColor: data.map.tiles === null ? "transparent" : colours.surface,
      textStyle: { color: colours.ink, fontFamily: font },
    },
    tooltip: {
      renderMode: "richText",
      backgroundColor: colours.surface,
      borderColor: colours.edge,
      textStyle: { color: colours.ink, fontFamily: font },
      formatter: (params) => told(pointOf(params, data.points), words),
    },
    series: [
      ...(data.points.some((point) => point.grave) ? [rings(data, colours)] : []),
      ...states(data, colours),
    ],
  }
}

function ground(colours: Colours, tiles: boolean): GeoComponentOption {
  return {
    map: GROUND,
    roam: true,
    scaleLimit: { min: 0.8, max: 40 },
    top: 8,
    bottom: 40,
    left: 8,
    right: 8,
    projection: { project, unproject },
    preserveAspect: "contain",
    silent: true,
    label: { show: !tiles, color: colours.soft, fontSize: 12 },
    itemStyle: { areaColor: tiles ? "transparent" : colours.sunk, borderColor: colours.edge, borderWidth: 1 },
    emphasis: { disabled: true },
  }
}

function states(data: ChartData, colours: Colours): ScatterSeriesOption[] {
  return STATES.map((state) => ({ state, points: data.points.filter((point) => point.state === state) }))
    .filter(({ points }) => points.length > 0)
    .map(({ state, points }) => ({
      ...common(points),
      name: word(data, state),
      symbol: SHAPES[state],
      symbolSize: 15,
      itemStyle: dot(state, colours),
      label: {
        show: data.points.length <= NAMED,
        formatter: "{b}",
        width: 130,
        overflow: "truncate",
        position: "right",
        color: colours.ink,
        textBorderColor: colours.surface,
        textBorderWidth: 2,
      },
      labelLayout: { hideOverlap: true },
    }))
}

/** A mine without a contract is an empty circle. */
function dot(state: State, colours: Colours): ScatterSeriesOption["itemStyle"] & object {
  const colour = colours.states[state]
  if (state === "none") return { color: "transparent", opacity: 1, borderColor: colour, borderWidth: 2 }
  return { color: colour, opacity: 1, borderColor: colours.surface, borderWidth: 1 }
}

function rings(data: ChartData, colours: Colours): ScatterSeriesOption {
  return {
    ...common(data.points.filter((point) => point.grave)),
    name: data.words.grave ?? "",
    symbol: "circle",
    symbolSize: 28,
    itemStyle: { color: "transparent", opacity: 1, borderColor: colours.grave, borderWidth: 3 },
  }
}

function common(points: readonly Point[]): ScatterSeriesOption {
  return {
    type: "scatter",
    coordinateSystem: "geo",
    cursor: "pointer",
    data: points.map((point) => ({ id: point.id, name: point.name, value: [...point.at] })),
  }
}

/** Which mine was pointed at. */
export function pointOf(params: unknown, points: readonly Point[]): Point | undefined {
  const { data } = params as { data?: { id?: string } }
  return points.find((point) => point.id === data?.id)
}

function told(point: Point | undefined, words: ChartData["words"]): string {
  if (point === undefined) return ""
  const state = point.state === "none" ? words.no_contract : words[point.state]
  const lines = [point.name, state]
  if (point.ratio !== null) lines.push(`${words.coverage ?? ""} ${Math.floor(point.ratio * 100)}%`)
  if (point.grave) lines.push(words.grave)
  if (point.overdue > 0) lines.push(`${words.overdue ?? ""} ${point.overdue}`)
  return lines.filter((line) => line !== undefined).join("\n")
}

function word(data: ChartData, state: State): string {
  return data.words[state === "none" ? "no_contract" : state] ?? state
}
