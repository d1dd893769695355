// A planted violation of each direction is noticed, by the rule itself and by ESLint as configured.
import { ESLint } from "eslint"
import { expect, test } from "vitest"
import { complaint, MAY_IMPORT } from "../../tools/rooms"

const ALL = Object.keys(MAY_IMPORT)

test.each(ALL)("%s imports from the rooms it may, and from no other", (room) => {
  for (const other of ALL) {
    const may = other === room || MAY_IMPORT[room]?.rooms.includes(other)
    expect(complaint(`${room}/some.ts`, `../${other}/thing`) === null).toBe(may)
  }
})

test("core/sync is not taken for sync", () => {
  expect(complaint("core/checklist/some.ts", "../sync/registers")).toBeNull()
  expect(complaint("core/checklist/some.ts", "../../sync/engine")).toBe("core imports nothing from sync")
})

test("core and parts use no library but what is theirs", () => {
  expect(complaint("core/sync/some.ts", "idb")).toBe("core uses no idb")
  expect(complaint("parts/Some.vue", "vue-router")).toBe("parts uses no vue-router")
  expect(complaint("storage/some.ts", "idb")).toBeNull()
})

test("everybody may speak, and what puts all together may take from everywhere", () => {
  for (const room of ALL) expect(complaint(`${room}/some.ts`, "../messages")).toBeNull()
  expect(complaint("main.ts", "./storage/database")).toBeNull()
})

test("the rule is in force where ESLint runs", async () => {
  const lint = new ESLint({ cwd: new URL("../..", import.meta.url).pathname })
  const planted = [
    ['import "../screens/today/routes"', "src/parts/states.ts", "qianshao/rooms"],
    ["export const now = Date.now()", "src/core/patrol/periods.ts", "no-restricted-properties"],
    ['export const page = fetch("/")', "src/state/today.ts", "no-restricted-globals"],
  ] as const
  for (const [code, filePath, rule] of planted) {
    const [result] = await lint.lintText(`${code}\n`, { filePath })
    expect(result?.messages.map((message) => message.ruleId)).toContain(rule)
  }
}, 60_000)
