/** The camera inside the app: so that nothing leaves the app and nothing lands in the phone's gallery. */

import { pictureOfFrame, type TakenPicture } from "./picture"

export type CameraProblem = "absent" | "busy" | "refused" | "insecure"

export class CameraUnavailable extends Error {
  constructor(
    readonly problem: CameraProblem,
    cause?: unknown,
  ) {
    super(problem, { cause })
    this.name = "CameraUnavailable"
  }
}

export interface OpenCamera {
  /** Whether the lamp beside the lens can be switched. */
  readonly hasTorch: boolean
  take: () => Promise<TakenPicture>
  switchTorch: (on: boolean) => Promise<void>
  close: () => void
}

export interface Camera {
  /** Show the back camera in `video`. Throws CameraUnavailable, and then the phone's own camera is the way. */
  open: (video: HTMLVideoElement) => Promise<OpenCamera>
}

/** Names of DOMException by getUserMedia, and what each means to the person. */
const PROBLEMS: Readonly<Record<string, CameraProblem>> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "busy",
  AbortError: "busy",
}

const WANTED: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: { ideal: "environment" }, width: { ideal: 2560 }, height: { ideal: 1920 } },
}

export const browserCamera: Camera = {
  async open(video) {
    const stream = await streamOf()
    video.srcObject = stream
    video.playsInline = true
    video.muted = true
    await video.play()
    return openCamera(video, stream)
  },
}

async function streamOf(): Promise<MediaStream> {
  // Browsers leave the whole of mediaDevices away on an insecure page, whatever its type says.
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (devices === undefined) throw new CameraUnavailable("insecure")
  try {
    return await devices.getUserMedia(WANTED)
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : ""
    throw new CameraUnavailable(PROBLEMS[name] ?? "busy", cause)
  }
}

function openCamera(video: HTMLVideoElement, stream: MediaStream): OpenCamera {
  const track = stream.getVideoTracks()[0]
  const able = track?.getCapabilities() as (MediaTrackCapabilities & { torch?: boolean }) | undefined
  return {
    hasTorch: able?.torch === true,
    take: () => pictureOfFrame(video),
    async switchTorch(on) {
      await track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] })
    },
    close() {
      for (const each of stream.getTracks()) each.stop()
      video.srcObject = null
    },
  }
}
