import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { shellOf } from "../../tools/precache"

function build(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "build-"))
  mkdirSync(join(folder, "assets"))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test("the shell is every file but the worker itself and the squeezed copies", () => {
  const folder = build({ "index.html": "1", "sw.js": "2", "assets/a-1.js": "3", "assets/a-1.js.gz": "4" })

  expect(shellOf(folder).files).toEqual(["assets/a-1.js", "index.html"])
})

test("another content is another version, the same content the same", () => {
  const one = shellOf(build({ "index.html": "1" })).version

  expect(shellOf(build({ "index.html": "1" })).version).toBe(one)
  expect(shellOf(build({ "index.html": "2" })).version).not.toBe(one)
  expect(shellOf(build({ "other.html": "1" })).version).not.toBe(one)
})
