import { defineConfig } from "vitest/config"

export default defineConfig({
  root: import.meta.dirname,
  test: { include: ["tests/**/*.test.ts", "src/**/*.test.ts"], environment: "node", maxWorkers: 2 },
})
