/**
 * From a camera's frame or a file to the picture that is kept as evidence. It never changes a picture that is already
 * small enough: those bytes are the evidence as the camera made them.
 */

/** The long side of the evidence rendition, in pixels (SPEC, part PH). */
export const LONG_SIDE_PX = 2560
const THUMBNAIL_PX = 320
const QUALITY = 0.85
/** What the county takes; anything larger is refused there, so it is made smaller here. */
const LARGEST_BYTES = 15 * 1024 * 1024
const KEPT_AS_IT_IS: ReadonlySet<string> = new Set(["image/jpeg", "image/webp"])

export interface Picture {
  readonly bytes: ArrayBuffer
  readonly mime: string
  readonly width: number
  readonly height: number
}

export interface TakenPicture extends Picture {
  /** A small JPEG for lists, at most 320 px: shown, never evidence. */
  readonly thumbnail: ArrayBuffer
}

/** The file is no picture that this browser can read. */
export class UnreadablePicture extends Error {
  constructor(cause: unknown) {
    super("unreadable_picture", { cause })
    this.name = "UnreadablePicture"
  }
}

/** The size that fits into a square of `side`, in whole pixels, never larger than it was. */
export function fitted(width: number, height: number, side: number): { width: number; height: number } {
  const scale = Math.min(1, side / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** What the video shows now. */
export async function pictureOfFrame(video: HTMLVideoElement): Promise<TakenPicture> {
  return drawnPicture(video, video.videoWidth, video.videoHeight)
}

/** A file of the phone's own camera. Throws UnreadablePicture. */
export async function pictureOfFile(file: Blob): Promise<TakenPicture> {
  const bitmap = await readable(file)
  try {
    const drawn = await drawnPicture(bitmap, bitmap.width, bitmap.height)
    return mayStay(file, bitmap) ? { ...drawn, ...(await asItIs(file, bitmap)) } : drawn
  } finally {
    bitmap.close()
  }
}

/** Draw onto a canvas of the evidence's size and encode it; annotation uses it for its own file. */
export async function drawnPicture(
  source: CanvasImageSource,
  width: number,
  height: number,
): Promise<TakenPicture> {
  const evidence = await encoded(source, fitted(width, height, LONG_SIDE_PX))
  const small = await encoded(source, fitted(width, height, THUMBNAIL_PX))
  return { ...evidence, thumbnail: small.bytes }
}

function mayStay(file: Blob, bitmap: ImageBitmap): boolean {
  const fits = Math.max(bitmap.width, bitmap.height) <= LONG_SIDE_PX && file.size <= LARGEST_BYTES
  return fits && KEPT_AS_IT_IS.has(file.type)
}

async function asItIs(file: Blob, bitmap: ImageBitmap): Promise<Picture> {
  return { bytes: await file.arrayBuffer(), mime: file.type, width: bitmap.width, height: bitmap.height }
}

async function readable(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" })
  } catch (cause) {
    throw new UnreadablePicture(cause)
  }
}

async function encoded(source: CanvasImageSource, size: { width: number; height: number }): Promise<Picture> {
  const canvas = new OffscreenCanvas(size.width, size.height)
  const pen = canvas.getContext("2d", { alpha: false })
  if (pen === null) throw new UnreadablePicture("no canvas")
  pen.imageSmoothingQuality = "high"
  pen.drawImage(source, 0, 0, size.width, size.height)
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY })
  return { bytes: await blob.arrayBuffer(), mime: "image/jpeg", ...size }
}
