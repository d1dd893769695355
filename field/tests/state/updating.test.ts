import { effectScope, nextTick, reactive, type EffectScope } from "vue"
import { expect, test, vi } from "vitest"
import type { Newer, Shell } from "../../src/device/shell"
import type { PhoneStore } from "../../src/state/phone"
import { isUnderWay, useHolding, watchForUpdates } from "../../src/state/updating"

const NOW = Date.parse("2026-11-24T02:00:00Z")

function visit(but: object = {}): object {
  return { id: "v", status: "open", date: "2026-11-24", participants: ["p1@here"], ...but }
}
function phoneWith(visits: object[]): PhoneStore {
  return { device: "here", visits: () => visits } as unknown as PhoneStore
}

test("a visit that somebody on this phone has joined and nobody has handed in is under way", () => {
  expect(isUnderWay(phoneWith([visit()]), NOW)).toBe(true)
})

test.each([
  ["handed in", { status: "submitted" }],
  ["another phone's", { participants: ["p1@elsewhere"] }],
  ["forgotten for days", { date: "2026-11-20" }],
])("one that is %s is not", (_, but) => {
  expect(isUnderWay(phoneWith([visit(but)]), NOW)).toBe(false)
})

function holding(
  life: string,
  visits: object[],
): { did: string[]; phone: { life: { at: string } }; scope: EffectScope; shell: Shell } {
  const did: string[] = []
  const shell = {
    hold: () => Promise.resolve(void did.push("hold")),
    release: () => Promise.resolve(void did.push("release")),
    isWaiting: () => Promise.resolve(false),
    look: () => Promise.resolve(void did.push("look")),
    version: () => Promise.resolve("1"),
    start: (heard: (newer: Newer) => void) => {
      heard("refused")
      return Promise.resolve()
    },
  } as unknown as Shell
  const phone = reactive({ life: { at: life }, device: "here", visits: () => visits })
  const scope = effectScope()
  scope.run(() => useHolding(phone as unknown as PhoneStore, shell))
  return { did, phone, scope, shell }
}

test("the version is held while a visit runs, and let go once the phone knows that none does", async () => {
  const today = visit({ date: new Date().toISOString().slice(0, 10) })
  const running = holding("open", [today])
  const idle = holding("open", [])
  await nextTick()

  expect([running.did, idle.did]).toEqual([["hold"], ["release"]])
  running.scope.stop()
  idle.scope.stop()
})

test("a locked phone lets nothing go, because it cannot see its visits", async () => {
  const { did, phone, scope } = holding("locked", [])
  await nextTick()
  expect(did).toEqual([])

  phone.life.at = "open"
  await nextTick()
  expect(did).toEqual(["release"])
  scope.stop()
})

test("what a visit kept away is asked for again as soon as the visit ends, and once", async () => {
  vi.useFakeTimers()
  const visits = [visit({ date: new Date().toISOString().slice(0, 10) })]
  const { did, phone, scope, shell } = holding("open", visits)
  await watchForUpdates(shell)
  await nextTick()
  expect(did).toEqual(["hold"])

  visits.length = 0
  phone.life.at = "locked"
  await nextTick()
  phone.life.at = "open"
  await vi.waitFor(() => expect(did).toEqual(["hold", "release", "look"]))
  await vi.advanceTimersByTimeAsync(300_000)
  expect(did).toEqual(["hold", "release", "look", "release"])
  scope.stop()
  vi.useRealTimers()
})
