// Takes the secret of a one-time link from behind the # into the form, and out of the address.

const holder = document.querySelector<HTMLElement>("[data-link-token]")
const input = holder?.querySelector("input")
const token = location.hash.slice(1)
if (input && token !== "") {
  input.value = token
  history.replaceState(null, "", location.pathname)
}
if (holder && input && input.value !== "") holder.hidden = true
