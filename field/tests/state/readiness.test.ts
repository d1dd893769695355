import { expect, test } from "vitest"
import { engineOf, type ReadinessFacts } from "../../src/device/readiness"
import { judge, type Check } from "../../src/state/readiness"

const READY: ReadinessFacts = {
  isSecure: true,
  isEmbedded: false,
  engine: 119,
  isInstalled: true,
  isKept: true,
  isPersistent: true,
  free: 5e9,
  camera: "granted",
}

function found(facts: Partial<ReadinessFacts>, clockOff: number | null = 0): Record<string, Check> {
  return Object.fromEntries(judge({ ...READY, ...facts }, clockOff).map((check) => [check.name, check]))
}

test("a phone with everything is ready in every respect", () => {
  expect(new Set(judge(READY, 0).map((check) => check.state))).toEqual(new Set(["good"]))
})

test.each([
  [{ isSecure: false }, "secure", "bad"],
  [{ isEmbedded: true }, "browser", "bad"],
  [{ engine: 118 }, "browser", "bad"],
  [{ engine: null }, "browser", "look"],
  [{ isInstalled: false }, "installed", "look"],
  [{ isKept: false }, "kept", "bad"],
  [{ isPersistent: false }, "persistent", "look"],
  [{ free: 499e6 }, "space", "look"],
  [{ free: 99e6 }, "space", "bad"],
  [{ free: null }, "space", "look"],
  [{ camera: "refused" }, "camera", "look"],
  [{ camera: "absent" }, "camera", "look"],
] as const)("%o is said of %s as %s", (facts, name, state) => {
  expect(found(facts)[name]?.state).toBe(state)
})

test.each([
  [null, "look"],
  [59_000, "good"],
  [-60_000, "look"],
  [600_000, "bad"],
] as const)("a clock that is %s ms off is %s", (off, state) => {
  expect(found({}, off).clock?.state).toBe(state)
})

test("what a button can put right has one", () => {
  const checks = found({ isInstalled: false, isPersistent: false, camera: "unasked" })

  expect(Object.values(checks).flatMap((check) => check.fix ?? [])).toEqual(["install", "persist", "camera"])
})

test("the engine is read off the user agent, an old WebView's too", () => {
  expect(engineOf("Mozilla/5.0 (Linux; Android 8.1; wv) Chrome/119.0.6045.163 Mobile Safari/537.36")).toBe(
    119,
  )
  expect(engineOf("Mozilla/5.0 (iPhone) Version/17.0 Safari/604.1")).toBeNull()
})
