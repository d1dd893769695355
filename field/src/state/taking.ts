/**
 * Taking a photo: what it is of is written down before a camera opens, because old phones end the app while their own
 * camera is in front, and the bytes are saved with their signed facts before anybody says so.
 */

import { onMounted, onUnmounted, shallowRef, type Ref, type ShallowRef } from "vue"
import type { Stroke } from "../core/annotation/strokes"
import type { Location } from "../core/sync/bodies"
import { annotated } from "../device/annotating"
import { browserCamera, CameraUnavailable, type CameraProblem, type OpenCamera } from "../device/camera"
import { pictureOfFile, UnreadablePicture, type TakenPicture } from "../device/picture"
import { NotSaved, usePhone, type NotSavedCode, type PhoneStore } from "./phone"

export type { CameraProblem, OpenCamera }

/** `of`: answer/<item>/<place>, finding/<id> or visit. `role`: before, after, or '' */
export interface Purpose {
  readonly visit: string
  readonly of: string
  readonly role: string
}

export interface Pending extends Purpose {
  readonly at: number
}

export type TakingTrouble = { readonly not_saved: NotSavedCode } | { readonly picture: "unreadable" }

export interface Taking {
  readonly trouble: Readonly<ShallowRef<TakingTrouble | null>>
  /** Ids of the photos saved since the screen opened, newest last. */
  readonly saved: Readonly<ShallowRef<readonly string[]>>
  open(video: HTMLVideoElement): Promise<OpenCamera | CameraProblem>
  /** Saves the frame that the camera shows. */
  take(camera: OpenCamera): Promise<boolean>
  /** Saves a file of the phone's own camera. */
  takeFile(file: Blob): Promise<boolean>
  /** The person goes on without a photo. */
  end(): Promise<void>
}

export function useTaking(purpose: Purpose, location: () => Location): Taking {
  const phone = usePhone()
  const trouble = shallowRef<TakingTrouble | null>(null)
  const saved = shallowRef<readonly string[]>([])
  const name = pendingName(purpose.visit)
  onMounted(() => void phone.keepDraft(name, { ...purpose, at: Date.now() }))
  const keep = async (take: () => Promise<TakenPicture>, source: "stream" | "file"): Promise<boolean> => {
    trouble.value = null
    try {
      const photo = photoOf(await take(), purpose, source)
      saved.value = [...saved.value, await phone.addPhoto(purpose.visit, { ...photo, location: location() })]
      await phone.dropDraft(name)
      return true
    } catch (error) {
      trouble.value = troubleOf(error)
      return false
    }
  }
  return {
    ...{ trouble, saved },
    open: (video) => browserCamera.open(video).catch(problemOf),
    take: (camera) => keep(() => camera.take(), "stream"),
    takeFile: (file) => keep(() => pictureOfFile(file), "file"),
    end: () => phone.dropDraft(name),
  }
}

/** The photo that was about to be taken when the app ended, null if none was. */
export async function interrupted(phone: PhoneStore, visit: string): Promise<Pending | null> {
  const kept = await phone.draft(pendingName(visit))
  return typeof kept === "object" && kept !== null ? (kept as Pending) : null
}

/** The person does without that photo. */
export function forgetInterrupted(phone: PhoneStore, visit: string): Promise<void> {
  return phone.dropDraft(pendingName(visit))
}

/** Saves what was drawn on a photo as a file of its own that names the one below. Throws NotSaved. */
export async function saveAnnotated(
  phone: PhoneStore,
  below: Purpose & { readonly photo: string; readonly sha256: string; readonly source: "stream" | "file" },
  strokes: readonly Stroke[],
): Promise<string> {
  const bytes = await phone.photoBytes(below.sha256)
  if (bytes === null) throw new NotSaved("storage")
  const bitmap = await createImageBitmap(bytes)
  try {
    const picture = await annotated(bitmap, strokes)
    return await phone.addPhoto(below.visit, {
      ...photoOf(picture, below, below.source),
      annotates: below.photo,
    })
  } finally {
    bitmap.close()
  }
}

/** A photo's small picture as an address for <img>; null while it is fetched, and where this phone has none. */
export function useThumbnail(sha256: Ref<string>): Readonly<ShallowRef<string | null>> {
  const phone = usePhone()
  const address = shallowRef<string | null>(null)
  onMounted(async () => {
    const picture = await phone.photoThumbnail(sha256.value)
    if (picture !== null) address.value = URL.createObjectURL(picture)
  })
  onUnmounted(() => {
    if (address.value !== null) URL.revokeObjectURL(address.value)
  })
  return address
}

function photoOf(picture: TakenPicture, { of, role }: Purpose, source: "stream" | "file"): PhotoFacts {
  return { ...picture, of, source, ...(role === "" ? {} : { role }) }
}

type PhotoFacts = TakenPicture & {
  readonly of: string
  readonly source: "stream" | "file"
  readonly role?: string
}

function pendingName(visit: string): string {
  return `photo/${visit}`
}

function problemOf(error: unknown): CameraProblem {
  return error instanceof CameraUnavailable ? error.problem : "busy"
}

function troubleOf(error: unknown): TakingTrouble {
  if (error instanceof UnreadablePicture) return { picture: "unreadable" }
  return { not_saved: error instanceof NotSaved ? error.code : "storage" }
}
