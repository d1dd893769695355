/**
 * What a person draws on a photo: an arrow to the thing or a circle around it. Pure geometry in parts of the picture
 * (0 to 1), so that a stroke made on the small screen stands in the same spot of the large file.
 */

export interface Point {
  readonly x: number
  readonly y: number
}

export type Tool = "arrow" | "circle"

/** From where the finger went down to where it is. An arrow points at `to`, a circle is spanned by both. */
export interface Stroke {
  readonly tool: Tool
  readonly from: Point
  readonly to: Point
}

/** Shorter strokes are slips of a gloved finger. */
const SHORTEST = 0.02
const HEAD_LENGTH = 0.05
const HEAD_HALF_ANGLE = Math.PI / 7

export function isMeant(stroke: Stroke): boolean {
  return Math.hypot(stroke.to.x - stroke.from.x, stroke.to.y - stroke.from.y) >= SHORTEST
}

/** The two ends of an arrow's head in pixels of a picture of this size. */
export function headOf(stroke: Stroke, width: number, height: number): readonly [Point, Point] {
  const tip = { x: stroke.to.x * width, y: stroke.to.y * height }
  const angle = Math.atan2(tip.y - stroke.from.y * height, tip.x - stroke.from.x * width)
  const length = HEAD_LENGTH * Math.max(width, height)
  const end = (turn: number): Point => ({
    x: tip.x - length * Math.cos(angle + turn),
    y: tip.y - length * Math.sin(angle + turn),
  })
  return [end(HEAD_HALF_ANGLE), end(-HEAD_HALF_ANGLE)]
}

/** The middle and the radii of a circle in pixels; never so flat that it cannot be seen. */
export function ellipseOf(stroke: Stroke, width: number, height: number): { middle: Point; radii: Point } {
  const least = (SHORTEST * Math.max(width, height)) / 2
  return {
    middle: {
      x: ((stroke.from.x + stroke.to.x) / 2) * width,
      y: ((stroke.from.y + stroke.to.y) / 2) * height,
    },
    radii: {
      x: Math.max(least, (Math.abs(stroke.to.x - stroke.from.x) / 2) * width),
      y: Math.max(least, (Math.abs(stroke.to.y - stroke.from.y) / 2) * height),
    },
  }
}
