/** Where a finding stands, as far as this phone can tell: from the office's steps and from re-checks made here. */

import type { ShownFinding } from "./phone"

export interface FindingStands {
  readonly isOpen: boolean
  readonly isAwaitingRecheck: boolean
  /** Local day, '' if nobody said one. */
  readonly deadline: string
}

const ENDED = ["closed", "transferred", "void"]

/** The graver of two heads counts: open over ended. */
export function standingOf(finding: ShownFinding): FindingStands {
  const heads = finding.status.heads.map((head) => readHead(head.value))
  const isRetracted =
    finding.state.heads.length > 0 && finding.state.heads.every((head) => head.value !== "live")
  const deadline = finding.fields.deadline?.heads[0]?.value ?? ""
  return {
    isOpen: !isRetracted && (heads.length === 0 || heads.some((head) => !ENDED.includes(head.status))),
    isAwaitingRecheck: heads.some((head) => head.status === "awaiting_recheck"),
    deadline: heads.find((head) => head.deadline !== "")?.deadline ?? deadline,
  }
}

/** An office's step says where the finding stood after it; a re-check by its result. */
function readHead(value: unknown): { status: string; deadline: string } {
  const said = value as {
    step?: unknown
    result?: unknown
    deadline?: unknown
    stands?: Record<string, unknown>
  }
  if (said.step === "recheck")
    return { status: said.result === "passed" ? "closed" : "rectifying", deadline: spelled(said.deadline) }
  return { status: spelled(said.stands?.status), deadline: spelled(said.stands?.deadline) }
}

function spelled(value: unknown): string {
  return typeof value === "string" ? value : ""
}
