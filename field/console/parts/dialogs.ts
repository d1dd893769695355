// Opens and closes the questions in front of a page: data-opens and data-closes name the dialog.

/** Listens on the whole page, so that what htmx brings works too. */
export function openDialogs(): void {
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return
    const opener = event.target.closest<HTMLElement>("[data-opens]")
    if (opener !== null) found(opener.dataset.opens)?.showModal()
    if (event.target.closest("[data-prints]") !== null) window.print()
    const closer = event.target.closest<HTMLElement>("[data-closes]")
    if (closer !== null) found(closer.dataset.closes)?.close()
  })
  reopenRefused()
}

/** A form that came back refused is shown again where it stood. */
function reopenRefused(): void {
  const refused = document.querySelector("dialog form[data-refused]")?.closest("dialog")
  if (refused instanceof HTMLDialogElement) refused.showModal()
}

function found(mark: string | undefined): HTMLDialogElement | undefined {
  const element = mark === undefined ? null : document.getElementById(mark)
  return element instanceof HTMLDialogElement ? element : undefined
}
