/** One sentence at a time about what has just happened, with a way to undo it. Says nothing that a screen must keep. */

import { readonly, shallowRef, type ShallowRef } from "vue"

export interface Said {
  readonly sentence: string
  readonly isBad: boolean
  readonly undo: (() => void) | null
}

const SHOWN_MS = 5000
const SHOWN_BAD_MS = 9000

const current = shallowRef<Said | null>(null)
let hiding: ReturnType<typeof setTimeout> | undefined

export function useToast(): Readonly<ShallowRef<Said | null>> {
  return readonly(current)
}

/** Shows `sentence` for some seconds; `undo` adds a button that runs it. */
export function say(sentence: string, undo: (() => void) | null = null): void {
  show({ sentence, undo, isBad: false }, SHOWN_MS)
}

/** The same for what did not happen. */
export function complain(sentence: string): void {
  show({ sentence, undo: null, isBad: true }, SHOWN_BAD_MS)
}

export function hush(): void {
  current.value = null
}

function show(said: Said, forMs: number): void {
  clearTimeout(hiding)
  current.value = said
  hiding = setTimeout(hush, forMs)
}
