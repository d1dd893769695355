/** Draws strokes over a picture and makes the annotated file: a second one, the first is never touched. */

import { ellipseOf, headOf, type Stroke } from "../core/annotation/strokes"
import { drawnPicture, fitted, LONG_SIDE_PX, type TakenPicture } from "./picture"

/** Seen on coal, on steel and in the lamp's glare: a light line on a dark one. */
const LINE = "#ffd200"
const UNDER = "#1a1200"
const THICKNESS = 0.006

/** The picture with what was drawn on it, as a file of its own. */
export async function annotated(picture: ImageBitmap, strokes: readonly Stroke[]): Promise<TakenPicture> {
  const { width, height } = fitted(picture.width, picture.height, LONG_SIDE_PX)
  const canvas = new OffscreenCanvas(width, height)
  const pen = canvas.getContext("2d", { alpha: false })
  if (pen === null) throw new Error("no canvas")
  pen.drawImage(picture, 0, 0, width, height)
  drawStrokes(pen, strokes, width, height)
  return drawnPicture(canvas, width, height)
}

/** Draw strokes onto a canvas of this size. */
export function drawStrokes(
  pen: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  strokes: readonly Stroke[],
  width: number,
  height: number,
): void {
  const thick = Math.max(3, THICKNESS * Math.max(width, height))
  pen.lineCap = "round"
  pen.lineJoin = "round"
  for (const stroke of strokes) {
    const path = pathOf(stroke, width, height)
    pen.lineWidth = thick * 1.9
    pen.strokeStyle = UNDER
    pen.stroke(path)
    pen.lineWidth = thick
    pen.strokeStyle = LINE
    pen.stroke(path)
  }
}

function pathOf(stroke: Stroke, width: number, height: number): Path2D {
  const path = new Path2D()
  if (stroke.tool === "circle") {
    const { middle, radii } = ellipseOf(stroke, width, height)
    path.ellipse(middle.x, middle.y, radii.x, radii.y, 0, 0, 2 * Math.PI)
    return path
  }
  const tip = { x: stroke.to.x * width, y: stroke.to.y * height }
  const [left, right] = headOf(stroke, width, height)
  path.moveTo(stroke.from.x * width, stroke.from.y * height)
  path.lineTo(tip.x, tip.y)
  path.moveTo(left.x, left.y)
  path.lineTo(tip.x, tip.y)
  path.lineTo(right.x, right.y)
  return path
}
