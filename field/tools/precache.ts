// Tells the service worker what the build consists of: every file with its digest, and one version over them all.
import { createHash } from "node:crypto"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative, sep } from "node:path"
import type { Plugin } from "vite"

/** What stands in the worker where the list belongs, in whatever quotes the build chose. */
const PLACE = /["'`]__SHELL__["'`]/

export function precache(): Plugin {
  let folder = ""
  return {
    name: "precache",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    closeBundle() {
      if (!readdirSync(folder).includes("sw.js")) return
      const worker = join(folder, "sw.js")
      writeFileSync(
        worker,
        readFileSync(worker, "utf-8").replace(PLACE, () => JSON.stringify(shellOf(folder))),
      )
    },
  }
}

/** The version is the digest of names and contents: the same build has the same version. */
export function shellOf(folder: string): { version: string; files: string[] } {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "sw.js" && !entry.name.endsWith(".gz"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const digest = createHash("sha256")
  for (const path of files) digest.update(path.slice(folder.length)).update(readFileSync(path))
  return {
    version: digest.digest("hex").slice(0, 12),
    files: files.map((path) => relative(folder, path).split(sep).join("/")),
  }
}
