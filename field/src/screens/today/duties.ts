import type { Duty, DutyState } from "../../core/patrol/today"
import type { State } from "../../parts/states"

/** How a duty's state looks; its word is `phone.duty.<state>`. */
export const LOOKS: Readonly<Record<DutyState, State>> = {
  met: "covered",
  under_way: "under-way",
  due: "due",
  missed: "missed",
  excused: "excused",
}

export const KINDS: Readonly<Record<Duty["kind"], "round" | "full">> = {
  weekly_round: "round",
  monthly_full: "full",
}
