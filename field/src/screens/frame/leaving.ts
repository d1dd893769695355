/** The way back from a screen whose work is done. */

import { onScopeDispose } from "vue"
import { useRouter } from "vue-router"

/**
 * Leads back to where the screen was entered from, or `home` where the app was opened at this screen. Whoever left it
 * before the work was done stays where they went.
 */
export function useLeaving(home: string): () => void {
  const router = useRouter()
  let isInView = true
  onScopeDispose(() => (isInView = false))
  return () => {
    if (!isInView) return
    if (router.options.history.state.back) router.back()
    else void router.replace(home)
  }
}
