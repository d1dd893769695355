/** The states that have a colour in the design. Each stands with its sign and its word, never alone. */
import type { IconName } from "../../generated/icon-names"

export type State = "covered" | "under-way" | "due" | "missed" | "excused" | "nothing" | "grave"

export const SIGNS: Readonly<Record<State, IconName>> = {
  covered: "circle-check",
  "under-way": "circle-dot",
  due: "clock",
  missed: "circle-x",
  excused: "pause",
  nothing: "circle-dashed",
  grave: "octagon-alert",
}
