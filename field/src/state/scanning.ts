/** Reading a code with the camera while a screen shows it. */

import { onUnmounted } from "vue"
import { CameraUnavailable, type CameraProblem } from "../device/camera"
import { scan } from "../device/scanner"

export interface Scanning {
  /** Shows the camera in `video` until something was read; what keeps the camera shut otherwise. */
  readonly start: (video: HTMLVideoElement) => Promise<CameraProblem | null>
}

export function useScanning(found: (text: string) => void): Scanning {
  let stop: (() => void) | null = null
  let isLeft = false
  onUnmounted(() => {
    isLeft = true
    stop?.()
  })
  return {
    start: async (video) => {
      try {
        stop = await scan(video, found)
        // The screen may have been left while the camera was opening.
        if (isLeft) stop()
        return null
      } catch (error) {
        return error instanceof CameraUnavailable ? error.problem : "busy"
      }
    },
  }
}
