import { createApp, effectScope } from "vue"
import { createMemoryHistory, createRouter, type Router } from "vue-router"
import { describe, expect, test } from "vitest"
import { useLeaving } from "../src/screens/frame/leaving"

const nothing = { render: () => null }

/** A memory's history keeps no states: `before` is what a browser's would say of the entry before. */
function phone(before: string | null): Router {
  const paths = ["/visit", "/where", "/sync"]
  const history = Object.defineProperty(createMemoryHistory(), "state", { value: { back: before } })
  return createRouter({
    history,
    routes: paths.map((path) => ({ path, component: nothing })),
  })
}

function entered(router: Router): { leave: () => void; unmount: () => void } {
  const scope = effectScope()
  const leave = createApp(nothing)
    .use(router)
    .runWithContext(() => scope.run(() => useLeaving("/visit")))
  if (!leave) throw new Error("no way back")
  return { leave, unmount: () => scope.stop() }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20))
}

describe("the way back from a screen", () => {
  test("leads to where the screen was entered from", async () => {
    const router = phone("/sync")
    await router.push("/sync")
    await router.push("/where")
    entered(router).leave()
    await settled()
    expect(router.currentRoute.value.path).toBe("/sync")
  })

  test("leads home where the app was opened at the screen", async () => {
    const router = phone(null)
    await router.replace("/where")
    entered(router).leave()
    await settled()
    expect(router.currentRoute.value.path).toBe("/visit")
  })

  test("leaves in peace whoever went elsewhere before the work was done", async () => {
    const router = phone("/visit")
    await router.push("/visit")
    await router.push("/where")
    const { leave, unmount } = entered(router)
    await router.push("/sync")
    unmount()
    leave()
    await settled()
    expect(router.currentRoute.value.path).toBe("/sync")
  })
})
