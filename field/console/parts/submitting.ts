// Forms with data-submits send themselves as soon as something in them is chosen.

/** Listens on the whole page. */
export function submitOnChange(): void {
  document.addEventListener("change", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form") : null
    if (form?.matches("[data-submits]") === true) form.requestSubmit()
  })
}
