// Writes a gzipped copy beside every text of the build: the server only hands it out, phones on poor lines get less.
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { constants, gzipSync } from "node:zlib"
import type { Plugin } from "vite"

const TEXTS = /\.(js|css|html|svg|webmanifest)$/
/** Less is not worth another file. */
const LEAST_BYTES = 1024

export function squeeze(): Plugin {
  let folder = ""
  return {
    name: "squeeze",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf-8" })) {
        if (TEXTS.test(name)) squeezeFile(join(folder, name))
      }
    },
  }
}

function squeezeFile(path: string): void {
  const text = readFileSync(path)
  if (text.length >= LEAST_BYTES)
    writeFileSync(`${path}.gz`, gzipSync(text, { level: constants.Z_BEST_COMPRESSION }))
}
