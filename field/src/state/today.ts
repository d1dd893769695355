/** Today's work of the team: each contracted mine with its duties, what is left of the month, and findings to look at again. */

import { computed, onScopeDispose, ref, type ComputedRef } from "vue"
import { holds, localDay, monthOf, weekOf, type Period } from "../core/patrol/periods"
import { readDuties, readLeft, stillLeft, type Duty, type LeftPair } from "../core/patrol/today"
import { isJudged } from "../core/patrol/coverage"
import { usePhone, type PhoneStore, type ShownFinding } from "./phone"
import type { MineFacts, VisitFacts } from "./pulled"
import { standingOf } from "./standing"

export interface MineToday {
  readonly mine: MineFacts
  readonly weekly: Duty | null
  readonly monthly: Duty | null
  /** Null where the county was not asked on this phone. */
  readonly left: readonly LeftPair[] | null
  readonly visit: VisitFacts | null
  /** Open findings, those that await a re-check first, then by deadline. */
  readonly findings: readonly ShownFinding[]
}

export interface Today {
  readonly day: ComputedRef<string>
  readonly mines: ComputedRef<readonly MineToday[]>
  /** When the county last told the duties, wall ms. */
  readonly preparedAt: ComputedRef<number | null>
}

export function useToday(): Today {
  const phone = usePhone()
  const now = ref(Date.now())
  const ticking = setInterval(() => (now.value = Date.now()), 60_000)
  onScopeDispose(() => clearInterval(ticking))
  const day = computed(() => localDay(now.value))
  return {
    day,
    mines: computed(() => contracted(phone, day.value).map((mine) => mineToday(phone, mine, day.value))),
    preparedAt: computed(() => phone.fact(`duties/${weekOf(day.value).id}`)?.at ?? null),
  }
}

/** Mines of the team's contracts in force. */
function contracted(phone: PhoneStore, day: string): MineFacts[] {
  return phone
    .mines()
    .filter(
      ({ contractFrom, contractUntil }) =>
        contractFrom !== null && contractFrom <= day && (contractUntil === null || day <= contractUntil),
    )
}

export function mineToday(phone: PhoneStore, mine: MineFacts, day: string): MineToday {
  const week = weekOf(day)
  const month = monthOf(day)
  const visits = phone.visits().filter((visit) => visit.mine === mine.id)
  return {
    mine,
    weekly: duty(phone, week, mine.id),
    monthly: duty(phone, month, mine.id),
    left: left(phone, mine.id, month, visits),
    visit: visits.find((visit) => visit.status === "open" && holds(week, visit.date)) ?? null,
    findings: openFindings(phone, mine.id),
  }
}

function duty(phone: PhoneStore, period: Period, mine: string): Duty | null {
  return readDuties(phone.fact(`duties/${period.id}`)?.content).find((one) => one.mine === mine) ?? null
}

/** What the county said is left, less what was judged since in visits that this phone knows. */
function left(
  phone: PhoneStore,
  mine: string,
  month: Period,
  visits: readonly VisitFacts[],
): LeftPair[] | null {
  const told = phone.fact(`left/${mine}/${month.id}`)
  if (told === null) return null
  const inMonth = visits.filter((visit) => visit.status !== "void" && holds(month, visit.date))
  return stillLeft(readLeft(told.content), (item, place) =>
    inMonth.some((visit) => isJudged(phone.answer(visit.id, item, place).counted ?? undefined)),
  )
}

function openFindings(phone: PhoneStore, mine: string): ShownFinding[] {
  const rank = (finding: ShownFinding): string => {
    const { isAwaitingRecheck, deadline } = standingOf(finding)
    return `${isAwaitingRecheck ? "0" : "1"} ${deadline || "9"}`
  }
  return phone
    .findings({ mine })
    .filter((finding) => standingOf(finding).isOpen)
    .sort((one, other) => rank(one).localeCompare(rank(other)))
}
