// Changes the theme at once; without scripts the form's answer does.

const KEPT_FOR_S = 365 * 24 * 3600

/** Makes the three theme buttons work without loading the page anew. */
export function switchThemes(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form.themes")) {
    form.addEventListener("submit", (event) => {
      const pressed = event.submitter
      if (!(pressed instanceof HTMLButtonElement)) return
      event.preventDefault()
      show(pressed.value)
      for (const button of form.querySelectorAll("button")) {
        button.setAttribute("aria-pressed", String(button === pressed))
      }
    })
  }
}

function show(theme: string): void {
  const automatic = theme === "auto"
  if (automatic) delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  const age = automatic ? 0 : KEPT_FOR_S
  document.cookie = `qianshao_theme=${automatic ? "" : theme}; path=/; max-age=${age}; samesite=strict`
  document.dispatchEvent(new CustomEvent("themechange"))
}
