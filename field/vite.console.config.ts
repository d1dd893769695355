// The console's scripts and styles: built into build/console, served at /assets/.
// The server reads the manifest to learn the files' names (`asset("console.ts")` in a template).
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { defineConfig, type Plugin } from "vite"
import { GENERATED, generate } from "./tools/generate.ts"
import { squeeze } from "./tools/squeeze.ts"

const ENTRIES = join(import.meta.dirname, "console")

/** Every `console/*.ts` and `console/*.css` is an entry, called by its name; folders below hold their parts. */
function entries(): Record<string, string> {
  const files = readdirSync(ENTRIES).filter(
    (name) => /^[a-z-]+\.(ts|css)$/.test(name) && !name.endsWith(".d.ts"),
  )
  return Object.fromEntries(files.map((name) => [name, join(ENTRIES, name)]))
}

/** The sprite is nobody's import: pages name it themselves. */
function icons(): Plugin {
  return {
    name: "icons",
    buildStart: generate,
    generateBundle() {
      const source = readFileSync(join(GENERATED, "icons.svg"))
      this.emitFile({ type: "asset", name: "icons.svg", originalFileName: "generated/icons.svg", source })
    },
  }
}

export default defineConfig({
  root: import.meta.dirname,
  base: "/assets/",
  publicDir: false,
  plugins: [icons(), squeeze()],
  build: {
    outDir: "../build/console",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: entries(),
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
})
