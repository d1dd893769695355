/** How the screen looks to whoever holds it: theme and size of letters. The phone keeps it for everybody; no work hangs on it. */

import { reactive, watch } from "vue"

export const THEMES = ["auto", "light", "dark", "lamp"] as const
export type Theme = (typeof THEMES)[number]
/** Per cent of the ordinary size. */
export const SIZES = [100, 115, 130, 150] as const
export type Size = (typeof SIZES)[number]

export interface Looks {
  theme: Theme
  size: Size
}

/** Read before the first paint by public/looks.js, which knows the same names. */
const KEPT = "qianshao.looks"

const looks = reactive<Looks>(kept(localStorage.getItem(KEPT)))

watch(looks, keep)

export function useLooks(): Looks {
  return looks
}

function kept(text: string | null): Looks {
  const [theme, size] = (text ?? "").split(" ")
  return {
    theme: THEMES.find((known) => known === theme) ?? "auto",
    size: SIZES.find((known) => String(known) === size) ?? 100,
  }
}

function keep({ theme, size }: Looks): void {
  localStorage.setItem(KEPT, `${theme} ${String(size)}`)
  const root = document.documentElement
  if (theme === "auto") delete root.dataset.theme
  else root.dataset.theme = theme
  root.style.fontSize = `${String(size)}%`
}
