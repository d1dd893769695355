/** Commands over files: pictures, drafts, bundles; and asking for an exchange. */

import { Locked } from "../../storage/vault"
import type { PhoneCommands, PhoneReads } from "../phone"
import { saving, type Context } from "./context"
import { SENDING } from "./versions"
import { pictureTakenAlong, prepare } from "./preparing"

type FileCommands = Pick<
  PhoneCommands,
  | "photoBytes"
  | "photoThumbnail"
  | "keepDraft"
  | "draft"
  | "dropDraft"
  | "prepare"
  | "syncNow"
  | "exportBundle"
  | "importBundle"
>

export function fileCommands(context: Context, reads: PhoneReads): FileCommands {
  const photoBytes = async (sha256: string): Promise<Blob | null> =>
    (await context.need().photos.blob(sha256)) ??
    (await unlessLocked(() => pictureTakenAlong(context, sha256)))
  return {
    photoBytes,
    photoThumbnail: async (sha256) => (await context.need().photos.thumbnail(sha256)) ?? photoBytes(sha256),
    keepDraft: (name, content) =>
      saving(() => context.need().records.keepDraft(context.person(), name, content)),
    draft: (name) => saving(() => context.need().records.readDraft(context.person(), name)),
    dropDraft: (name) => saving(() => context.need().records.dropDraft(context.person(), name)),
    prepare: (told) => prepare(context, reads, told),
    syncNow: () => context.need().engine.run(),
    exportBundle: async () => new Blob([await context.need().rescue.export()], { type: "application/gzip" }),
    importBundle: async (file) => {
      const { rescue, engine } = context.need()
      const taken = await saving(async () => rescue.take(new Uint8Array(await file.arrayBuffer())))
      context.versions.changed(SENDING)
      engine.wake("asked")
      return taken
    },
  }
}

async function unlessLocked<T>(act: () => Promise<T>): Promise<T | null> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Locked) return null
    throw error
  }
}
