/** Whether this phone may go underground, in words: what is well, what is to be looked at, and what to do about it. */

import { computed, onMounted, shallowRef, type ComputedRef } from "vue"
import { browserReadiness, type ReadinessFacts } from "../device/readiness"
import type { Code } from "../messages"
import { usePhone } from "./phone"

export type Fix = "persist" | "install" | "camera"
export interface Check {
  readonly name: "secure" | "browser" | "installed" | "kept" | "persistent" | "space" | "clock" | "camera"
  /** `look`: works, but not for sure. `bad`: do not go down like this. */
  readonly state: "good" | "look" | "bad"
  /** What it means and what to do. */
  readonly words: Code
  readonly facts: Record<string, number>
  /** What a button can put right. */
  readonly fix: Fix | null
}

/** field/vite.config.ts names the same engine. */
export const OLDEST_ENGINE = 119
/** A shift's photos, with room to spare. */
const ENOUGH_MB = 500
const BARELY_MB = 100
/** The county asks back beyond this (SPEC). */
const CLOCK_LOOK_S = 60
const CLOCK_BAD_S = 600

export function useReadiness(): {
  checks: ComputedRef<readonly Check[]>
  read: () => Promise<void>
  fix: (fix: Fix) => Promise<void>
} {
  const phone = usePhone()
  const facts = shallowRef<ReadinessFacts | null>(null)
  const read = async (): Promise<void> => {
    facts.value = await browserReadiness.read()
  }
  const fix = async (wanted: Fix): Promise<void> => {
    const { persist, askCamera, install } = browserReadiness
    await { persist, install, camera: () => askCamera().catch(() => undefined) }[wanted]()
    await read()
  }
  onMounted(read)
  const checks = computed(() => (facts.value ? judge(facts.value, phone.counts.clockOff) : []))
  return { checks, read, fix }
}

/** `clockOff`: county minus phone in ms, null before the county was ever heard. */
export function judge(facts: ReadinessFacts, clockOff: number | null): Check[] {
  return [
    secure(facts),
    browser(facts),
    installed(facts),
    kept(facts),
    persistent(facts),
    space(facts),
    clock(clockOff),
    camera(facts),
  ]
}

function check(
  name: Check["name"],
  state: Check["state"],
  words: Code,
  more: Partial<Pick<Check, "facts" | "fix">> = {},
): Check {
  return { name, state, words, facts: more.facts ?? {}, fix: more.fix ?? null }
}

function secure({ isSecure }: ReadinessFacts): Check {
  return isSecure
    ? check("secure", "good", "phone.readiness.secure.good")
    : check("secure", "bad", "phone.readiness.secure.bad")
}

function browser({ isEmbedded, engine }: ReadinessFacts): Check {
  if (isEmbedded) return check("browser", "bad", "phone.readiness.browser.embedded")
  if (engine === null) return check("browser", "look", "phone.readiness.browser.unknown")
  const facts = { engine, oldest: OLDEST_ENGINE }
  return engine >= OLDEST_ENGINE
    ? check("browser", "good", "phone.readiness.browser.good", { facts })
    : check("browser", "bad", "phone.readiness.browser.old", { facts })
}

function installed({ isInstalled }: ReadinessFacts): Check {
  return isInstalled
    ? check("installed", "good", "phone.readiness.installed.good")
    : check("installed", "look", "phone.readiness.installed.look", { fix: "install" })
}

function kept({ isKept }: ReadinessFacts): Check {
  return isKept
    ? check("kept", "good", "phone.readiness.kept.good")
    : check("kept", "bad", "phone.readiness.kept.bad")
}

function persistent({ isPersistent }: ReadinessFacts): Check {
  return isPersistent
    ? check("persistent", "good", "phone.readiness.persistent.good")
    : check("persistent", "look", "phone.readiness.persistent.look", { fix: "persist" })
}

function space({ free }: ReadinessFacts): Check {
  if (free === null) return check("space", "look", "phone.readiness.space.unknown")
  const megabytes = Math.floor(free / 1_000_000)
  const facts = { megabytes }
  if (megabytes < BARELY_MB) return check("space", "bad", "phone.readiness.space.bad", { facts })
  return megabytes < ENOUGH_MB
    ? check("space", "look", "phone.readiness.space.look", { facts })
    : check("space", "good", "phone.readiness.space.good", { facts })
}

function clock(off: number | null): Check {
  if (off === null) return check("clock", "look", "phone.readiness.clock.unknown")
  const seconds = Math.round(Math.abs(off) / 1000)
  const facts = { seconds, minutes: Math.round(seconds / 60) }
  if (seconds >= CLOCK_BAD_S) return check("clock", "bad", "phone.readiness.clock.bad", { facts })
  return seconds >= CLOCK_LOOK_S
    ? check("clock", "look", "phone.readiness.clock.look", { facts })
    : check("clock", "good", "phone.readiness.clock.good", { facts })
}

function camera(facts: ReadinessFacts): Check {
  switch (facts.camera) {
    case "granted":
      return check("camera", "good", "phone.readiness.camera.good")
    case "unasked":
      return check("camera", "look", "phone.readiness.camera.unasked", { fix: "camera" })
    case "refused":
      return check("camera", "look", "phone.readiness.camera.refused")
    case "absent":
      return check("camera", "look", "phone.readiness.camera.absent")
  }
}
