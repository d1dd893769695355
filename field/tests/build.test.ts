// What was built is what the oldest promised engine reads, and asks nobody but the county. Needs the build.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "acorn"
import { expect, test } from "vitest"
import { OLDEST } from "../vite.config"

const APP = join(import.meta.dirname, "../../build/app")
const FILES = readdirSync(APP, { recursive: true, encoding: "utf-8" })
const SCRIPTS = FILES.filter((name) => name.endsWith(".js"))
/** The syntax of Chromium 119, three years old: all of ES2023. */
const SYNTAX = 2023
/** Names and notes that are never asked for: SVG's and MathML's name spaces, and where libraries explain an error. */
const NEVER_ASKED =
  /^https?:\/\/(www\.w3\.org|vuejs\.org\/error-reference|router\.vuejs\.org|tus\.io|github\.com|developer\.mozilla\.org)/

function text(name: string): string {
  return readFileSync(join(APP, name), "utf-8")
}

test("the oldest engine is named once for the build and once for people", async () => {
  const { OLDEST_ENGINE } = await import("../src/state/readiness")

  expect(OLDEST).toBe(`chrome${String(OLDEST_ENGINE)}`)
})

test.each(SCRIPTS)("%s is readable to the oldest engine", (name) => {
  parse(text(name), { ecmaVersion: SYNTAX, sourceType: "module" })
})

test("syntax that came later would be noticed", () => {
  expect(() => parse("using x = open()", { ecmaVersion: SYNTAX, sourceType: "module" })).toThrow()
})

test("nothing that was built names another host", () => {
  const named = FILES.filter((name) => /\.(js|css|html|svg|webmanifest)$/.test(name)).flatMap((name) =>
    [...text(name).matchAll(/https?:\/\/[^\s"'`)<>\\]+/g)].map(([url]) => `${name}: ${url}`),
  )

  expect(named.filter((line) => !NEVER_ASKED.test(line.slice(line.indexOf(": ") + 2)))).toEqual([])
})

test("what is loaded before the first screen is small", () => {
  const page = text("index.html")
  const first = [...page.matchAll(/(?:src|href)="\/app\/([^"]+\.js)"/g)].map(([, name]) => name ?? "")
  const sizes = first.map(
    (name) => (FILES.includes(`${name}.gz`) ? readFileSync(join(APP, `${name}.gz`)) : text(name)).length,
  )

  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150 * 1024)
})
