/** Two tabs: one holds the phone, the other waits and takes over when the first is gone. */

import { expect, it } from "vitest"
import { holdPhone } from "../../src/sync/lock"

it("the second tab is told, and gets the phone when the first lets go", async () => {
  const told: string[] = []
  const release = await holdPhone(() => told.push("first"))
  const second = holdPhone(() => told.push("second"))
  await expect.poll(() => told).toEqual(["second"])
  const third = holdPhone(() => told.push("third"))
  await expect.poll(() => told).toEqual(["second", "third"])
  release()
  const releaseSecond = await second
  let isThird = false
  void third.then(() => (isThird = true))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(isThird).toBe(false)
  releaseSecond()
  ;(await third)()
})
