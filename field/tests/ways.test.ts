/** Every way that a screen names leads to a screen. */

import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"

const SOURCES = join(import.meta.dirname, "../src")
const NAMED = /name: ["']([a-z-]+)["'],(?: params|\s*component|\s*$)/gm

function named(pattern: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const file of globSync(pattern, { cwd: SOURCES }))
    for (const [, name] of readFileSync(join(SOURCES, file), "utf-8").matchAll(NAMED))
      if (name !== undefined) found.set(name, file)
  return found
}

it("names no screen that is not there", () => {
  const there = new Set(named("screens/*/routes.ts").keys())
  const meant = [...named("screens/**/*.vue"), ...named("screens/*/leads.ts")]
  expect(there.size).toBeGreaterThan(10)
  expect(meant.length).toBeGreaterThan(10)
  expect(meant.filter(([name]) => !there.has(name))).toEqual([])
})
