// What a page gives its charts: a data block of JSON, every word in it already the county's language.

export type State = "met" | "under_way" | "due" | "missed" | "excused" | "none"
export const STATES: readonly State[] = ["missed", "due", "under_way", "met", "excused", "none"]

export interface Point {
  readonly id: string
  readonly name: string
  readonly at: readonly [number, number]
  readonly state: State
  readonly ratio: number | null
  readonly grave: boolean
  readonly overdue: number
}

export interface Month {
  readonly month: string
  readonly ratio: number | null
  readonly mines: number
  readonly met: number
  readonly recorded: number
  readonly closed: number
}

export interface Background {
  readonly outline: string | null
  readonly tiles: string | null
}

export interface ChartData {
  readonly points: readonly Point[]
  readonly trend: readonly Month[]
  readonly map: Background
  readonly words: Readonly<Record<string, string>>
}

/** The page's data block; undefined on a page without one. */
export function chartData(): ChartData | undefined {
  const block = document.getElementById("chart-data")?.textContent
  return block === undefined ? undefined : (JSON.parse(block) as ChartData)
}
