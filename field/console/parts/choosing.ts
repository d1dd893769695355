// Choosing several rows: the box in the table's head chooses all, and [data-bulk] is there only while some are chosen.

/** Listens on the whole page, and looks anew after every swap. */
export function chooseRows(): void {
  document.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLInputElement)) return
    if (event.target.matches("[data-choose-all]")) chooseAll(event.target.checked)
    showBulk()
  })
  document.addEventListener("htmx:afterSettle", showBulk)
  showBulk()
}

function chooseAll(checked: boolean): void {
  for (const box of boxes()) box.checked = checked
}

function showBulk(): void {
  const chosen = boxes().filter((box) => box.checked).length
  for (const bulk of document.querySelectorAll<HTMLElement>("[data-bulk]")) {
    bulk.hidden = chosen === 0
    const count = bulk.querySelector("[data-bulk-count]")
    if (count !== null) count.textContent = String(chosen)
  }
}

function boxes(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("[data-row] input[type='checkbox']")]
}
