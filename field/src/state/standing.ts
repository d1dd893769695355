/** Where a finding stands, as far as this phone can tell: from the office's steps and from re-checks made here. */

import type { ShownFinding } from "./phone"

export interface FindingStands {
  /** How far it has come; of two that disagree the one that keeps it open. */
  readonly status: Status
  readonly isOpen: boolean
  readonly isAwaitingRecheck: boolean
  /** Local day, '' if nobody said one. */
  readonly deadline: string
}

const STATUSES = [
  "recorded",
  "notified",
  "rectifying",
  "awaiting_recheck",
  "confirmed",
  "listed",
  "awaiting_acceptance",
  "accepted_once",
  "awaiting_sign_off",
  "closed",
  "transferred",
  "void",
] as const
export type Status = (typeof STATUSES)[number]
const ENDED: readonly Status[] = ["closed", "transferred", "void"]

interface Head {
  readonly status: Status
  readonly deadline: string
}

/** The graver of two heads counts: open over ended. */
export function standingOf(finding: ShownFinding): FindingStands {
  const heads = headsOf(finding)
  const status = (heads.find((head) => !ENDED.includes(head.status)) ?? heads[0])?.status ?? "recorded"
  const said = finding.fields.deadline?.heads[0]?.value ?? ""
  return {
    status,
    isOpen: !isRetracted(finding) && !ENDED.includes(status),
    isAwaitingRecheck: heads.some((head) => head.status === "awaiting_recheck"),
    deadline: heads.find((head) => head.deadline !== "")?.deadline ?? said,
  }
}

function isRetracted({ state }: ShownFinding): boolean {
  return state.heads.length > 0 && state.heads.every((head) => head.value !== "live")
}

function headsOf({ fields, status }: ShownFinding): Head[] {
  const isGeneral = (fields.severity?.heads ?? []).every((head) => head.value === "general")
  return status.heads.map((head) => readHead(head.value, isGeneral))
}

/** An office's step says where the finding stood after it; a re-check by its result, which closes nothing grave. */
function readHead(value: unknown, isGeneral: boolean): Head {
  const said = value as {
    step?: unknown
    result?: unknown
    deadline?: unknown
    stands?: Record<string, unknown>
  }
  if (said.step === "recheck") {
    const passed = isGeneral ? "closed" : "awaiting_recheck"
    return { status: said.result === "passed" ? passed : "rectifying", deadline: spelled(said.deadline) }
  }
  return { status: statusIn(said.stands?.status), deadline: spelled(said.stands?.deadline) }
}

/** A newer county may know more of them: what is not known is not ended. */
function statusIn(value: unknown): Status {
  return STATUSES.find((one) => one === value) ?? "recorded"
}

function spelled(value: unknown): string {
  return typeof value === "string" ? value : ""
}
