import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"
import { phoneSentences, sprite, Ungenerated } from "../../tools/generate"

function catalogue(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "catalogue-"))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test("the phone takes its own rooms of the catalogue and no other", () => {
  const folder = catalogue({
    "phone.yaml": "phone.a: 甲",
    "phone_visit.yaml": "phone.b: 乙",
    "board.yaml": "board.c: 丙",
  })

  expect([...phoneSentences(folder).keys()]).toEqual(["phone.a", "phone.b"])
})

test("a code that stands in two files stops the build", () => {
  const folder = catalogue({ "phone.yaml": "phone.a: 甲", "phone_visit.yaml": "phone.a: 乙" })

  expect(() => phoneSentences(folder)).toThrow(Ungenerated)
})

test("what is no sentence stops the build", () => {
  expect(() => phoneSentences(catalogue({ "phone.yaml": "phone:\n  a: 甲" }))).toThrow(Ungenerated)
})

test("each picture is a symbol by its name", () => {
  expect(sprite(["check", "x"])).toMatch(/<symbol id="check" viewBox="0 0 24 24">.*<symbol id="x"/s)
  expect(() => sprite(["no-such-picture"])).toThrow()
})
