/** Hands a file to the browser to save. */

import { localDay } from "../core/patrol/periods"

export function saveAsFile(content: Blob, now = Date.now()): void {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(content)
  link.download = `qianshao-${localDay(now)}.bundle`
  link.click()
  URL.revokeObjectURL(link.href)
}
