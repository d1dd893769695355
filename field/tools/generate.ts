// Writes what the sources need and no person writes: the phone's sentences, and the icons as one sprite.
// Never reads anything outside the repository and the installed packages.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"

const FIELD = join(import.meta.dirname, "..")
const CATALOGUE = join(FIELD, "../catalogue/zh_CN")
const ICON_NAMES = join(FIELD, "../design/icons.txt")
const LUCIDE = join(FIELD, "node_modules/lucide-static/icons")
export const GENERATED = join(FIELD, "generated")

export class Ungenerated extends Error {}

/** Everything into `generated/`. */
export function generate(): void {
  mkdirSync(GENERATED, { recursive: true })
  write("sentences.ts", sentencesSource(phoneSentences()))
  const names = iconNames(readFileSync(ICON_NAMES, "utf-8"))
  write(
    "icon-names.ts",
    `export type IconName =\n${names.map((name) => `  | ${JSON.stringify(name)}`).join("\n")}\n`,
  )
  write("icons.svg", sprite(names))
}

/** Code → sentence of every file that is the phone's. */
export function phoneSentences(folder = CATALOGUE): Map<string, string> {
  const files = readdirSync(folder).filter((name) => /^phone.*\.yaml$/.test(name))
  const said = new Map<string, string>()
  for (const file of files.sort()) {
    for (const [code, sentence] of Object.entries(readYaml(join(folder, file)))) {
      if (said.has(code)) throw new Ungenerated(`${file}: ${code} stands twice`)
      said.set(code, sentence)
    }
  }
  return said
}

function readYaml(path: string): Record<string, string> {
  const read: unknown = parse(readFileSync(path, "utf-8")) ?? {}
  if (
    typeof read !== "object" ||
    !Object.values(read as object).every((value) => typeof value === "string")
  ) {
    throw new Ungenerated(`${path}: every line is a code and a sentence`)
  }
  return read as Record<string, string>
}

/** TypeScript that makes an unknown code, or a forgotten fact, a type error. */
function sentencesSource(said: ReadonlyMap<string, string>): string {
  const lines = [...said].map(([code, sentence]) => `  ${JSON.stringify(code)}: ${JSON.stringify(sentence)},`)
  return `export const sentences = {\n${lines.join("\n")}\n} as const\n`
}

function iconNames(list: string): string[] {
  return list.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
}

/** One SVG of symbols, drawn by what uses them (`.icon` in the design). */
export function sprite(names: readonly string[]): string {
  const symbols = names.map((name) => `<symbol id="${name}" viewBox="0 0 24 24">${drawing(name)}</symbol>`)
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`
}

function drawing(name: string): string {
  const svg = readFileSync(join(LUCIDE, `${name}.svg`), "utf-8")
  const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1]
  if (inner === undefined) throw new Ungenerated(`${name}.svg is no picture`)
  return inner.replaceAll(/\s*\n\s*/g, "")
}

function write(name: string, text: string): void {
  const path = join(GENERATED, name)
  if (existsSync(path) && readFileSync(path, "utf-8") === text) return
  writeFileSync(path, text)
}

if (import.meta.main) generate()
