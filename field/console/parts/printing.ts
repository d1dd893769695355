// Buttons with data-prints print the page.

/** Listens on the whole page. */
export function printOnRequest(): void {
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-prints]") !== null) window.print()
  })
}
