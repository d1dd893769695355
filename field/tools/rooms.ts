// An ESLint rule: which room of src/ may import which, and which libraries. Relative imports are resolved, so that
// core/sync is not taken for sync.
import { dirname, join, relative, sep } from "node:path"
import type { Rule } from "eslint"

/** Room → the rooms it may import besides itself, and the libraries. What stands in src/ itself puts all together. */
export const MAY_IMPORT: Record<string, { rooms: string[]; libraries: string[] }> = {
  core: { rooms: [], libraries: [] },
  storage: { rooms: ["core"], libraries: ["idb"] },
  device: { rooms: ["core"], libraries: ["jsqr"] },
  sync: { rooms: ["core", "storage", "device"], libraries: [] },
  state: { rooms: ["core", "storage", "sync", "device"], libraries: ["vue"] },
  parts: { rooms: [], libraries: ["vue"] },
  screens: { rooms: ["core", "state", "parts"], libraries: ["vue", "vue-router"] },
  worker: { rooms: [], libraries: [] },
}

/** Everybody may speak; parts show pictures. */
const OPEN = ["messages", "../generated/sentences", "../generated/icon-names", "../generated/icons.svg"]

/** Why `file` (a path from src/) must not import `source`, or null. */
export function complaint(file: string, source: string): string | null {
  const room = MAY_IMPORT[roomOf(file)]
  if (room === undefined) return null
  if (!source.startsWith("."))
    return room.libraries.includes(source) ? null : `${roomOf(file)} uses no ${source}`
  const target = relative("src", join("src", dirname(file), source))
    .split(sep)
    .join("/")
  const clean = target.replace(/(\.ts|\?.*)$/, "")
  if (OPEN.includes(clean)) return null
  const to = roomOf(clean)
  return to === roomOf(file) || room.rooms.includes(to) ? null : `${roomOf(file)} imports nothing from ${to}`
}

function roomOf(path: string): string {
  return path.split("/")[0] ?? ""
}

export const rooms: Rule.RuleModule = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const file = relative(join(context.cwd, "src"), context.filename).split(sep).join("/")
    const check = (node: Rule.Node, source: unknown): void => {
      const message = typeof source === "string" ? complaint(file, source) : null
      if (message !== null) context.report({ node, message })
    }
    return {
      ImportDeclaration: (node) => check(node, node.source.value),
      ExportNamedDeclaration: (node) => check(node, node.source?.value),
      ExportAllDeclaration: (node) => check(node, node.source.value),
      ImportExpression: (node) => check(node, node.source.type === "Literal" ? node.source.value : null),
    }
  },
}
