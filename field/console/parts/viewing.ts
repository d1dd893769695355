// Small pictures open large in one dialog, with the way to the one before and the next. Without it they are plain links.

/** Listens on the whole page. */
export function viewPhotos(): void {
  const viewer = document.getElementById("photo-viewer")
  if (!(viewer instanceof HTMLDialogElement)) return
  let at = 0
  const show = (by: number): void => {
    at = (at + by + links().length) % links().length
    hang(viewer, at)
  }
  document.addEventListener("click", (event) => {
    const link =
      event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[data-photo]") : null
    if (link === null || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    at = links().indexOf(link)
    hang(viewer, at)
    viewer.showModal()
  })
  part(viewer, "previous").addEventListener("click", () => {
    show(-1)
  })
  part(viewer, "next").addEventListener("click", () => {
    show(1)
  })
  viewer.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(-1)
    if (event.key === "ArrowRight") show(1)
  })
}

function hang(viewer: HTMLDialogElement, at: number): void {
  const link = links()[at]
  if (link === undefined) return
  const picture = part(viewer, "picture")
  const small = link.querySelector("img")
  if (picture instanceof HTMLImageElement) {
    picture.src = link.href
    picture.alt = small?.alt ?? ""
  }
  part(viewer, "caption").textContent = link.closest("figure")?.querySelector("figcaption")?.textContent ?? ""
  part(viewer, "original").setAttribute("href", link.dataset.original ?? link.href)
  const words = viewer.dataset.ofMany ?? ""
  part(viewer, "count").textContent = words.replace("#", String(at + 1)).replace("%", String(links().length))
}

function part(viewer: HTMLDialogElement, name: string): HTMLElement {
  const found = viewer.querySelector<HTMLElement>(`[data-viewer='${name}']`)
  if (found === null) throw new Error(`the viewer has no ${name}`)
  return found
}

function links(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>("a[data-photo]")]
}
