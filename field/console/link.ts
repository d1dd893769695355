// Takes the secret of a one-time link from behind the # into the form, and out of the address.

/** The secret goes where it is sent from; a page that shows it already is shown another when the address changes. */
function take(): void {
  const holder = document.querySelector<HTMLElement>("[data-link-token]")
  const input = holder?.querySelector("input")
  if (!holder || !input) return
  const token = location.hash.slice(1)
  if (token !== "") {
    input.value = token
    history.replaceState(null, "", location.pathname)
  }
  holder.hidden = input.value !== ""
}

take()
window.addEventListener("hashchange", take)
