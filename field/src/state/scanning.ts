/** A code read by the camera, for screens that show the picture. */

import { onScopeDispose, shallowRef, type ShallowRef } from "vue"
import { CameraUnavailable, type CameraProblem } from "../device/camera"
import { scan } from "../device/scanner"

export interface Scanning {
  readonly problem: Readonly<ShallowRef<CameraProblem | null>>
  start: (video: HTMLVideoElement) => Promise<void>
  stop: () => void
}

/** `found` hears one code, then the camera is off. The camera is off, too, when the screen goes away. */
export function useScanning(found: (text: string) => void): Scanning {
  const problem = shallowRef<CameraProblem | null>(null)
  let end: (() => void) | null = null
  let isGone = false
  const stop = (): void => {
    end?.()
    end = null
  }
  const start = async (video: HTMLVideoElement): Promise<void> => {
    problem.value = null
    try {
      end = await scan(video, found)
      if (isGone) stop()
    } catch (error) {
      if (!(error instanceof CameraUnavailable)) throw error
      problem.value = error.problem
    }
  }
  onScopeDispose(() => {
    isGone = true
    stop()
  })
  return { problem, start, stop }
}
