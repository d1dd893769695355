// Which screen stands at which address, and which of them somebody may see in the phone's present life.
import { watch } from "vue"
import {
  createRouter,
  createWebHistory,
  type RouteLocationNormalized,
  type RouteRecordRaw,
  type Router,
} from "vue-router"
import type { Life } from "./state/people"

declare module "vue-router" {
  interface RouteMeta {
    /** In which lives of the phone the screen is shown besides `open`. */
    lives?: readonly Life["at"][]
  }
}

/** Every folder of screens says its own addresses in `routes.ts`. */
const FOLDERS = import.meta.glob<Record<string, RouteRecordRaw[]>>("./screens/*/routes.ts", { eager: true })

/** Where the phone leads in each of its lives. */
const HOMES: Partial<Record<Life["at"], string>> = {
  unenrolled: "/enrol",
  unconfirmed: "/enrol",
  empty: "/people",
  locked: "/people",
  open: "/today",
}

/** `life` is asked at every step: a phone that was locked meanwhile leads to the people. */
export function createPhoneRouter(life: () => Life): Router {
  const router = createRouter({
    history: createWebHistory("/app/"),
    routes: [
      ...Object.values(FOLDERS).flatMap((folder) => Object.values(folder).flat()),
      { path: "/:rest(.*)*", redirect: "/today" },
    ],
  })
  // No screen is fetched before the phone knows which one it will be.
  const begun = hasBegun(life)
  router.beforeEach(async (to) => {
    await begun
    return wayInstead(life().at, to) ?? true
  })
  return router
}

/** Resolves once the phone has a home to lead to. */
function hasBegun(life: () => Life): Promise<void> {
  const { promise, resolve } = deferred()
  const stop = watch(
    () => HOMES[life().at] !== undefined,
    (knows) => knows && resolve(),
    { immediate: true, flush: "sync" },
  )
  return promise.then(stop)
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}

/** Where to go instead of `to`, or null. Whoever must unlock first comes back to where they were going. */
export function wayInstead(
  life: Life["at"],
  to: RouteLocationNormalized,
): string | { path: string; query: Record<string, string> } | null {
  if (maySee(life, to)) return null
  const home = HOMES[life]
  if (home === undefined || home === to.path) return null
  return life === "locked" && !IS_NO_WORK.has(to.path) ? { path: home, query: { then: to.fullPath } } : home
}

/** Nobody comes back to these. */
const IS_NO_WORK = new Set(["/today", "/enrol"])

/** A phone that is at work sees everything but the beginning of its life. */
function maySee(life: Life["at"], to: RouteLocationNormalized): boolean {
  return to.meta.lives?.includes(life) === true || (life === "open" && to.path !== "/enrol")
}
