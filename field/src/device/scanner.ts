/** Reads a code from the camera: by the phone's own reader where it has one, else by a small one that is loaded then. */

import { browserCamera } from "./camera"

/** Reads what a picture of the video says, null if nothing. */
type Reader = (video: HTMLVideoElement) => Promise<string | null>

interface Detector {
  detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]>
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector
  getSupportedFormats: () => Promise<string[]>
}

const EVERY_MS = 150
/** Wide enough for the code of an address, small enough for a slow phone. */
const WIDEST = 800

/** Shows the camera in `video` and tells the first code that it sees. Answers how to stop.
    Throws CameraUnavailable. */
export async function scan(video: HTMLVideoElement, found: (text: string) => void): Promise<() => void> {
  const camera = await browserCamera.open(video)
  const read = (await ownReader()) ?? (await carriedReader())
  let goesOn = true
  const stop = (): void => {
    goesOn = false
    camera.close()
  }
  const look = async (): Promise<void> => {
    const text = goesOn ? await read(video).catch(() => null) : null
    if (!goesOn) return
    if (text !== null) {
      stop()
      found(text)
    } else setTimeout(() => void look(), EVERY_MS)
  }
  void look()
  return stop
}

async function ownReader(): Promise<Reader | null> {
  const Own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  if (!Own || !(await Own.getSupportedFormats()).includes("qr_code")) return null
  const detector = new Own({ formats: ["qr_code"] })
  return async (video) => (await detector.detect(video))[0]?.rawValue ?? null
}

async function carriedReader(): Promise<Reader> {
  const { default: decode } = await import("jsqr")
  const canvas = document.createElement("canvas")
  const context = canvas.getContext("2d", { willReadFrequently: true })
  return (video) => {
    const share = Math.min(1, WIDEST / Math.max(video.videoWidth, 1))
    canvas.width = Math.round(video.videoWidth * share)
    canvas.height = Math.round(video.videoHeight * share)
    if (!context || canvas.width === 0) return Promise.resolve(null)
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height)
    return Promise.resolve(decode(data, width, height)?.data ?? null)
  }
}
