/** A computed value that stays the very same object while it says the same, so that nothing behind it is worked out anew. */

import { computed, type ComputedRef } from "vue"

/** For values that JSON can spell: facts and lists, a few kilobytes. */
export function steady<T>(read: () => T): ComputedRef<T> {
  let spelled: string | undefined
  return computed<T>((before) => {
    const now = read()
    const spelling = JSON.stringify(now)
    if (before !== undefined && spelling === spelled) return before
    spelled = spelling
    return now
  })
}
