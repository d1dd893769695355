import type { RouteLocationNormalized } from "vue-router"
import { expect, test } from "vitest"
import { wayInstead } from "../src/router"

function to(path: string, lives: readonly string[] = []): RouteLocationNormalized {
  return { path, fullPath: path, meta: { lives } } as unknown as RouteLocationNormalized
}

test("whoever is at work goes everywhere", () => {
  expect(wayInstead("open", to("/visits/1"))).toBeNull()
})

test("a locked phone leads to its people, and back to where one was going", () => {
  expect(wayInstead("locked", to("/visits/1?x=2"))).toEqual({
    path: "/people",
    query: { then: "/visits/1?x=2" },
  })
  expect(wayInstead("locked", to("/today"))).toBe("/people")
  expect(wayInstead("locked", to("/people/p/unlock", ["locked"]))).toBeNull()
})

test("a phone that belongs to nobody leads to enrolment from everywhere but what it may show", () => {
  expect(wayInstead("unenrolled", to("/today"))).toBe("/enrol")
  expect(wayInstead("unenrolled", to("/readiness", ["unenrolled"]))).toBeNull()
  expect(wayInstead("unconfirmed", to("/visits/1"))).toBe("/enrol")
  expect(wayInstead("empty", to("/today"))).toBe("/people")
})

test("while the phone does not know who it is nobody is sent anywhere", () => {
  for (const life of ["starting", "elsewhere", "broken"] as const)
    expect(wayInstead(life, to("/today"))).toBeNull()
})

test("an old code's address leads a phone that is enrolled to its work", () => {
  expect(wayInstead("open", to("/enrol"))).toBe("/today")
  expect(wayInstead("locked", to("/enrol"))).toBe("/people")
  expect(wayInstead("unconfirmed", to("/enrol", ["unenrolled", "unconfirmed"]))).toBeNull()
})
