/** A phone in the middle of a shift, held in memory: what the visit's composables read and say, without storage or network. */

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { createApp } from "vue"
import { providePhone, type PhoneStore } from "../../src/state/phone"
import { storeOf, type Shift } from "./memoryPhone"

const LIBRARY = join(import.meta.dirname, "../../../checklists/library/editions/1.json")

/** The shipped checklist, as the phone holds it. */
export const library: unknown = JSON.parse(readFileSync(LIBRARY, "utf-8"))

export function shift(): Shift {
  return storeOf(library)
}

/** What a composable gives where this phone was provided. */
export function inPhone<T>(phone: PhoneStore, use: () => T): T {
  const app = createApp({})
  providePhone(app, phone)
  return app.runWithContext(use)
}
