// Forms with data-submits send themselves as soon as something in them is chosen; no form is sent by both clicks of a
// double click.

/** Listens on the whole page. */
export function submitOnChange(): void {
  document.addEventListener("change", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form") : null
    if (form?.matches("[data-submits]") === true) form.requestSubmit()
  })
}

/** How long a form that was sent is deaf: its answer is under way, and a second click would take the answer's place. */
const DEAF_MS = 5000

/** Listens on the whole page, after all others. */
export function sendOnce(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return
    if (form.dataset.sent === undefined) {
      form.dataset.sent = ""
      setTimeout(() => delete form.dataset.sent, DEAF_MS)
    } else event.preventDefault()
  })
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset.sent
  })
}
