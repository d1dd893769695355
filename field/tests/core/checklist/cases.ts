/** The conformance cases, each as a name and a check of an engine: the same files that hold the server's engine. */

import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { isDeepStrictEqual } from "node:util"
import type { Place } from "../../../src/core/checklist/applicability"
import type { Cadence, Condition } from "../../../src/core/checklist/definition"
import type { Answer, Judgement } from "../../../src/core/checklist/evaluation"

const FOLDER = join(import.meta.dirname, "../../../../checklists/conformance")

/** What is held to the cases; a copy with a planted defect has the same shape. */
export interface Engine {
  readonly Edition: (typeof import("../../../src/core/checklist/edition"))["Edition"]
  readonly conditions: typeof import("../../../src/core/checklist/conditions")
  readonly severityOn: (typeof import("../../../src/core/checklist/severity"))["severityOn"]
  readonly wanting: (typeof import("../../../src/core/checklist/wanting"))["wanting"]
}

/** What the engine said and what it should have said. */
export type Compared = readonly (readonly [said: unknown, expected: unknown])[]
type Check<Case> = (engine: Engine, found: Case) => Compared
type Subject = InstanceType<Engine["Edition"]>

interface Judging {
  readonly item: string
  readonly on: string
  readonly answer: Answer
  readonly judgement: Partial<Judgement>
}

interface Applicability {
  readonly attributes: Record<string, unknown>
  readonly places: { id: string; kind: string; opened_on: string; closed_on?: string }[]
  readonly on: string
  readonly cadence: Cadence
  readonly pairs: string[]
  readonly because: Record<string, string>
  readonly placing: Record<string, string>
}

interface Conditions {
  readonly condition: Condition
  readonly attributes: Record<string, unknown>
  readonly truth: boolean | null
  readonly decisive?: [Condition, boolean | null][]
}

interface Wanting {
  readonly on: string
  readonly pairs: string[]
  readonly answers: Record<string, Answer>
  readonly photographed: string[]
  readonly wanting: [string, string][]
}

interface Severity {
  readonly item: string
  readonly on: string
  readonly severity: string
  readonly links: [string, string][]
}

function edition(engine: Engine): Subject {
  return engine.Edition.read(readFileSync(join(FOLDER, "edition.json"), "utf-8"))
}

const judging: Check<Judging> = (engine, { item, answer, on, judgement }) => [
  [edition(engine).judge(item, answer, on), { complaints: [], ...judgement }],
]

function placeOf(place: Applicability["places"][number]): Place {
  return { id: place.id, kind: place.kind, openedOn: place.opened_on, closedOn: place.closed_on ?? null }
}

const applicability: Check<Applicability> = (engine, { attributes, places, on, cadence, ...expected }) => {
  const subject = edition(engine)
  const register = places.map(placeOf)
  const picture = { attributes, places: register, on }
  const explained = new Map(subject.explain(picture, cadence).map((asked) => [asked.item, asked]))
  return [
    [subject.pairs(picture, cadence), expected.pairs],
    ...Object.entries(expected.because).map(
      ([key, because]) => [explained.get(key)?.because, because] as const,
    ),
    ...Object.entries(expected.placing).map(
      ([key, placing]) => [explained.get(key)?.placing, placing] as const,
    ),
  ]
}

const conditions: Check<Conditions> = (engine, expected) => {
  const { decisive, known, truth } = engine.conditions
  const about = known(expected.attributes, edition(engine).checklist.attributes)
  const tests = decisive(expected.condition, about).map((tested) => [tested.test, tested.truth])
  return [
    [truth(expected.condition, about), expected.truth],
    [tests, expected.decisive ?? tests],
  ]
}

const wanting: Check<Wanting> = (engine, { answers, photographed, on, pairs, ...expected }) => {
  const said = { answers: new Map(Object.entries(answers)), photographed: new Set(photographed), on }
  const found = engine.wanting(edition(engine), pairs, said)
  return [[found.map(({ pair, code }) => [pair, code]), expected.wanting]]
}

const severity: Check<Severity> = (engine, { item: key, on, ...expected }) => {
  const subject = edition(engine)
  const item = subject.items.get(key)
  if (!item) throw new Error(`no item ${key}`)
  const found = engine.severityOn(item, subject.checklist.standards, on)
  return [
    [found.severity, expected.severity],
    [found.links.map((link) => [link.standard, link.article]), expected.links],
  ]
}

/** A check by the name of a file. A file of another name has none, and that is an error. */
const CHECKS: Readonly<Record<string, Check<never>>> = {
  judging,
  applicability,
  conditions,
  wanting,
  severity,
}

export interface Case {
  readonly name: string
  readonly kind: string
  readonly check: (engine: Engine) => Compared
}

/** Every case of every file. */
export function cases(): Case[] {
  return readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith(".json") && entry.name !== "edition.json")
    .flatMap((entry) => casesOf(relative(FOLDER, join(entry.parentPath, entry.name))))
}

function casesOf(file: string): Case[] {
  const kind = file.replace(/^.*\//, "").replace(".json", "")
  const check = CHECKS[kind]
  if (!check) throw new Error(`no check for the cases of ${file}`)
  const held = JSON.parse(readFileSync(join(FOLDER, file), "utf-8")) as { cases: { name: string }[] }
  return held.cases.map((found) => ({
    name: `${file}: ${found.name}`,
    kind,
    check: (engine) => check(engine, found as never),
  }))
}

/** The first case that the engine does not agree with, if any. */
export function firstFailure(engine: Engine): string | undefined {
  return cases().find(({ check }) => !agrees(check, engine))?.name
}

function agrees(check: Case["check"], engine: Engine): boolean {
  try {
    return check(engine).every(([said, expected]) => isDeepStrictEqual(said, expected))
  } catch {
    return false
  }
}
