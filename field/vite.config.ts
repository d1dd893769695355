// The phone app: built into build/app, served at /app/.
import vue from "@vitejs/plugin-vue"
import { defineConfig } from "vite"
import about from "./package.json" with { type: "json" }
import { generate } from "./tools/generate.ts"
import { precache } from "./tools/precache.ts"
import { squeeze } from "./tools/squeeze.ts"

/** The oldest engine that is promised: what was three years old when this was built. A phone's WebView is often as old. */
export const OLDEST = "chrome119"

export default defineConfig({
  root: import.meta.dirname,
  base: "/app/",
  plugins: [{ name: "generated", buildStart: generate }, vue(), precache(), squeeze()],
  define: { __APP_VERSION__: JSON.stringify(about.version) },
  build: {
    outDir: "../build/app",
    emptyOutDir: true,
    target: OLDEST,
    cssTarget: OLDEST,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: "index.html", sw: "src/worker/worker.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
      },
    },
  },
})
