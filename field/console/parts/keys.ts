// The keyboard on lists: j and k go through the rows, Enter opens the row's link, x chooses it, and a single key that a
// row's button carries in data-key presses that button. Keys are left alone while something is being typed.

const ROWS = "[data-rows] > [data-row]"

/** Listens on the whole page. */
export function goByKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (document.querySelector("dialog[open]") !== null) return
    if (act(event.key)) event.preventDefault()
  })
}

function act(key: string): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)]
  const at = rows.findIndex((row) => row.classList.contains("is-at"))
  if (key === "j" || key === "k") return step(rows, at, key === "j" ? 1 : -1)
  const row = rows[at]
  return row === undefined ? press(document, key) : onRow(row, key)
}

function onRow(row: HTMLElement, key: string): boolean {
  if (key === "Enter") {
    const link = row.querySelector<HTMLAnchorElement>("a[href]")
    if (document.activeElement instanceof HTMLButtonElement || link === null) return false
    link.click()
    return true
  }
  if (key === "x") {
    row.querySelector<HTMLInputElement>("input[type='checkbox']")?.click()
    return true
  }
  return press(row, key) || press(document, key)
}

function step(rows: readonly HTMLElement[], at: number, by: number): boolean {
  const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)]
  if (next === undefined) return false
  for (const row of rows) row.classList.toggle("is-at", row === next)
  const link = next.querySelector<HTMLElement>("a[href]") ?? next
  link.focus({ preventScroll: true })
  next.scrollIntoView({ block: "nearest" })
  return true
}

function press(within: ParentNode, key: string): boolean {
  const button = [...within.querySelectorAll<HTMLElement>("[data-key]")].find(
    (element) => element.dataset.key === key,
  )
  button?.click()
  return button !== undefined
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type='checkbox']), textarea, select")
}
