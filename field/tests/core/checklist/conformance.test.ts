/** The engine against the conformance cases, and the cases against engines with a planted defect. */

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import * as conditions from "../../../src/core/checklist/conditions"
import { Edition } from "../../../src/core/checklist/edition"
import { severityOn } from "../../../src/core/checklist/severity"
import { wanting } from "../../../src/core/checklist/wanting"
import { cases, firstFailure, type Engine } from "./cases"

const SOURCE = join(import.meta.dirname, "../../../src/core/checklist")
const ENGINE: Engine = { Edition, conditions, severityOn, wanting }

describe("the engine agrees with", () => {
  it.each(cases().map((found) => [found.name, found] as const))("%s", (_name, { check }) => {
    for (const [said, expected] of check(ENGINE)) expect(said).toEqual(expected)
  })
})

describe("the cases", () => {
  it("are of every kind", () => {
    const count = (kind: string) => cases().filter((found) => found.kind === kind).length
    expect(count("judging")).toBeGreaterThan(350)
    expect(count("conditions")).toBeGreaterThan(300)
    for (const kind of ["applicability", "wanting", "severity"]) expect(count(kind)).toBeGreaterThan(5)
  })
})

/** Module, what stands there, what a careless hand might write instead. */
const DEFECTS = [
  ["readings", "number < below", "number <= below"],
  ["readings", "number > above", "number >= above"],
  ["readings", "number >= min", "number > min"],
  ["readings", "number <= max", "number < max"],
  ["readings", "DAYS_AHEAD = 1", "DAYS_AHEAD = 0"],
  ["readings", "DAYS_AHEAD = 1", "DAYS_AHEAD = 2"],
  ["readings", "-left <= oldest", "-left < oldest"],
  ["readings", "left >= soonest", "left > soonest"],
  ["readings", "times(number, scale.factor)", "number"],
  ["readings", "number < least", "number <= least"],
  ["readings", "number > most", "number >= most"],
  ["readings", "day - dayNumber(on)", 'day - dayNumber(on) - (on.slice(5, 7) === "02" ? 1 : 0)'],
  ["decimals", "(?:\\.([0-9]{1,9}))?$/", "(?:\\.([0-9]{1,9}))?/"],
  ["decimals", 'fraction.padEnd(PLACES, "0")', 'fraction.padStart(PLACES, "0")'],
  ["decimals", "number < 0n ? `-${text}` : text", "text"],
  ["days", "spell(moment) === text", "true"],
  ["evaluation", "Math.max(...weights)", "Math.min(...weights)"],
  ["evaluation", '!SAID.test(answer.reason ?? "")', "!answer.reason"],
  ["evaluation", "demanded && isVerdict(answer.outcome)", "isVerdict(answer.outcome)"],
  ["evaluation", 'weights.push(OUTCOMES.indexOf("unseen"))', "weights.push(0)"],
  ["definition", '["na", "pass", "unseen", "fail"]', '["na", "unseen", "pass", "fail"]'],
  ["definition", '["na", "pass", "unseen", "fail"]', '["pass", "na", "unseen", "fail"]'],
  ["wanting", 'photo === "required"', 'photo !== "none"'],
  ["wanting", 'outcome === "pass" || outcome', "outcome"],
  ["conditions", "if (value === undefined) return null", "if (value === undefined) return false"],
  ["conditions", "return value === null ? null : !value", "return !value"],
  ["conditions", "parts.includes(null) ? null : true", "!parts.includes(null)"],
  ["conditions", "(attribute.values ?? []).includes(value)", "value"],
  ["conditions", 'typeof value === "boolean" ? value', "value != null ? !!value"],
  ["conditions", "truth(part, about) === whole", "true"],
  ["applicability", 'because === "false" || because === "not_in_round" ? []', 'because !== "true" ? []'],
  ["applicability", "on <= closedOn", "on < closedOn"],
  ["applicability", "openedOn <= on", "openedOn < on"],
  ["applicability", 'item.unplaced === "none" ? [] : MINE', "MINE"],
  ["applicability", 'cadence === "round" && item.cadence', "item.cadence"],
  ["severity", "on <= until", "on < until"],
  ["severity", "from <= on", "from < on"],
] as const

async function engineIn(folder: string): Promise<Engine> {
  const load = (module: string) => import(/* @vite-ignore */ join(folder, `${module}.ts`)) as Promise<Engine>
  const [edition, held, severity, want] = await Promise.all(
    ["edition", "conditions", "severity", "wanting"].map(load),
  )
  return { ...edition, ...severity, ...want, conditions: held as unknown } as Engine
}

describe("the cases notice a planted defect:", () => {
  it.each(DEFECTS)("%s: %s → %s", async (module, right, wrong) => {
    const folder = mkdtempSync(join(tmpdir(), "checklist-"))
    cpSync(SOURCE, folder, { recursive: true })
    const path = join(folder, `${module}.ts`)
    const text = readFileSync(path, "utf-8")
    expect(text.split(right)).toHaveLength(2)
    writeFileSync(
      path,
      text.replace(right, () => wrong),
    )
    expect(firstFailure(await engineIn(folder))).toBeDefined()
    rmSync(folder, { recursive: true })
  })
  it("and find none in an engine that is copied as it is", async () => {
    expect(firstFailure(await engineIn(SOURCE))).toBeUndefined()
  })
})
