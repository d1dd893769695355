// A step for the rows that are chosen: the button of a row chooses that row alone, the form takes the chosen rows along.

/** Listens on the whole page. */
export function actOnRows(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-act]") : null
    if (button !== null) act(button)
    const opener =
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-bulk] [data-opens]") : null
    if (opener !== null && chosen().length === 0) chooseCurrent()
  })
  document.addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.matches("[data-bulk-form]"))
      takeAlong(event.target)
  })
}

function act(button: HTMLElement): void {
  const own = button.closest("[data-row]")?.querySelector<HTMLInputElement>("input[name='findings']")
  if (own !== undefined && own !== null && !own.checked) {
    for (const box of chosen()) box.checked = false
    own.checked = true
    own.dispatchEvent(new Event("change", { bubbles: true }))
  }
  const dialog = document.getElementById(button.dataset.act ?? "")
  if (dialog instanceof HTMLDialogElement) dialog.showModal()
}

/** A key pressed with nothing chosen is about the row that the keyboard is at. */
function chooseCurrent(): void {
  const box = document.querySelector<HTMLInputElement>("[data-row].is-at input[name='findings']")
  if (box === null) return
  box.checked = true
  box.dispatchEvent(new Event("change", { bubbles: true }))
}

function takeAlong(form: HTMLFormElement): void {
  for (const old of form.querySelectorAll("[data-taken]")) old.remove()
  for (const box of chosen()) {
    const field = document.createElement("input")
    field.type = "hidden"
    field.name = "findings"
    field.value = box.value
    field.dataset.taken = ""
    form.append(field)
  }
}

function chosen(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("[data-row] input[name='findings']:checked")]
}
