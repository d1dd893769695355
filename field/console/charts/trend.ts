// Twelve months: coverage as a line, findings recorded and closed as bars.
import type { ComposeOption } from "echarts/core"
import type { BarSeriesOption, LineSeriesOption } from "echarts/charts"
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption } from "echarts/components"
import type { Colours } from "./colours.ts"
import type { ChartData } from "./data.ts"

export type TrendOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption
>

export function trendOption(data: ChartData, colours: Colours, font: string, still: boolean): TrendOption {
  const text = { color: colours.ink, fontFamily: font }
  return {
    animation: !still,
    textStyle: text,
    legend: { bottom: 0, textStyle: text },
    grid: { top: 24, left: 8, right: 8, bottom: 36, containLabel: true },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: colours.surface,
      borderColor: colours.edge,
      textStyle: text,
    },
    xAxis: {
      type: "category",
      data: data.trend.map((month) => month.month),
      axisLabel: { color: colours.soft, formatter: (month: string) => String(Number(month.slice(5))) },
      axisLine: { lineStyle: { color: colours.edge } },
      axisTick: { show: false },
    },
    yAxis: [share(colours), counted(colours)],
    series: series(data, colours),
  }
}

function share(colours: Colours): object {
  return {
    type: "value",
    min: 0,
    max: 100,
    axisLabel: { formatter: "{value}%", color: colours.soft },
    splitLine: { lineStyle: { color: colours.line } },
  }
}

function counted(colours: Colours): object {
  return { type: "value", minInterval: 1, axisLabel: { color: colours.soft }, splitLine: { show: false } }
}

function series(data: ChartData, colours: Colours): (BarSeriesOption | LineSeriesOption)[] {
  const { trend, words } = data
  const bar = (name: string, color: string, values: number[], decal: string): BarSeriesOption => ({
    type: "bar",
    yAxisIndex: 1,
    name,
    data: values,
    barMaxWidth: 14,
    itemStyle: { color, borderRadius: [3, 3, 0, 0], ...(decal === "" ? {} : { decal: { symbol: decal } }) },
  })
  return [
    bar(
      words.recorded ?? "",
      colours.recorded,
      trend.map((month) => month.recorded),
      "",
    ),
    bar(
      words.closed ?? "",
      colours.closed,
      trend.map((month) => month.closed),
      "rect",
    ),
    {
      type: "line",
      name: words.coverage ?? "",
      data: trend.map((month) => (month.ratio === null ? null : Math.floor(month.ratio * 1000) / 10)),
      symbol: "circle",
      symbolSize: 7,
      lineStyle: { width: 3 },
      itemStyle: { color: colours.accent },
      tooltip: { valueFormatter: (value) => (typeof value === "number" ? `${value}%` : "—") },
    },
  ]
}
