// The design's colours by meaning, as the page shows them just now: charts change with the theme.
import type { State } from "./data.ts"

export interface Colours {
  readonly ink: string
  readonly soft: string
  readonly line: string
  readonly surface: string
  readonly sunk: string
  readonly edge: string
  readonly accent: string
  readonly grave: string
  readonly recorded: string
  readonly closed: string
  readonly states: Readonly<Record<State, string>>
}

/** Reads the custom properties that hold on an element. */
export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  return {
    ink: read("--ink"),
    soft: read("--soft"),
    line: read("--line"),
    surface: read("--surface"),
    sunk: read("--sunk"),
    edge: read("--edge"),
    accent: read("--accent"),
    grave: read("--grave-ground"),
    recorded: read("--due-mark"),
    closed: read("--covered-mark"),
    states: {
      met: read("--covered-mark"),
      under_way: read("--under-way-mark"),
      due: read("--due-mark"),
      missed: read("--missed-mark"),
      excused: read("--excused-mark"),
      none: read("--nothing-mark"),
    },
  }
}

/** The font of the page. */
export function fontOf(element: Element): string {
  return getComputedStyle(element).fontFamily
}
