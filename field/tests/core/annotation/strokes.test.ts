import fc from "fast-check"
import { describe, expect, it } from "vitest"

import { ellipseOf, headOf, isMeant, type Stroke } from "../../../src/core/annotation/strokes"

const part = fc.double({ min: 0, max: 1, noNaN: true })
const point = fc.record({ x: part, y: part })
const size = fc.integer({ min: 100, max: 4000 })

describe("strokes on a photo", () => {
  it("takes a touch without a movement for a slip", () => {
    const touch: Stroke = { tool: "arrow", from: { x: 0.5, y: 0.5 }, to: { x: 0.505, y: 0.5 } }
    expect(isMeant(touch)).toBe(false)
    expect(isMeant({ ...touch, to: { x: 0.6, y: 0.5 } })).toBe(true)
  })

  it("gives an arrow two head ends equally far from its tip, on the side it comes from", () => {
    fc.assert(
      fc.property(point, point, size, size, (from, to, width, height) => {
        const stroke: Stroke = { tool: "arrow", from, to }
        fc.pre(isMeant(stroke))
        const tip = { x: to.x * width, y: to.y * height }
        const tail = { x: from.x * width, y: from.y * height }
        for (const end of headOf(stroke, width, height)) {
          expect(Math.hypot(end.x - tip.x, end.y - tip.y)).toBeCloseTo(0.05 * Math.max(width, height), 6)
          const towardsTail = (end.x - tip.x) * (tail.x - tip.x) + (end.y - tip.y) * (tail.y - tip.y)
          expect(towardsTail).toBeGreaterThan(0)
        }
      }),
    )
  })

  it("spans a circle by its two corners, whichever was touched first", () => {
    fc.assert(
      fc.property(point, point, size, size, (from, to, width, height) => {
        const one = ellipseOf({ tool: "circle", from, to }, width, height)
        const other = ellipseOf({ tool: "circle", from: to, to: from }, width, height)
        expect(one).toEqual(other)
        expect(Math.min(one.radii.x, one.radii.y)).toBeGreaterThan(0)
      }),
    )
  })
})
