// Says what was done, or what went wrong on the way to the server, in the corner of the page and aloud.

const SHOWN_FOR_MS = 6000

interface Problem {
  readonly detail?: unknown
}

/** Takes what the server said away after a while, and tells htmx's failures. */
export function sayInCorner(): void {
  for (const toast of document.querySelectorAll<HTMLElement>("#said .toast")) takeAway(toast)
  document.addEventListener("htmx:responseError", (event) => {
    const request = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr
    say(detailOf(request.responseText))
  })
  document.addEventListener("htmx:sendError", () => {
    say(document.body.dataset.unreachable ?? "")
  })
}

/** Shows `sentence` for a while. */
export function say(sentence: string): void {
  const corner = document.getElementById("said")
  if (corner === null || sentence === "") return
  const toast = document.createElement("p")
  toast.className = "toast"
  toast.textContent = sentence
  corner.append(toast)
  takeAway(toast)
}

function takeAway(toast: HTMLElement): void {
  setTimeout(() => {
    toast.remove()
  }, SHOWN_FOR_MS)
}

function detailOf(body: string): string {
  try {
    const problem = JSON.parse(body) as Problem
    return typeof problem.detail === "string" ? problem.detail : ""
  } catch {
    return document.body.dataset.unreachable ?? ""
  }
}
