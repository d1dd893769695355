/** Photos on the phone: facts and bytes in parts, under the phone's own key, since they leave while it is locked. */

import type { Put } from "../core/sync/phone"
import { hex, type Bytes } from "../core/sync/text"
import { entries, under, write, type Database } from "./database"
import type { Vault } from "./vault"

/** Parts of a file as it is stored; not what travels. Array buffers, because some browsers damage blobs. */
const PART = 256 * 1024
const THUMBNAIL = -1

/** What the phone knows of a file that it holds. `gravity`: the greater goes first. */
export interface PhotoRecord {
  readonly sha256: string
  readonly size: number
  readonly mime: string
  readonly photo: string
  readonly visit: string
  readonly gravity: number
  readonly at: number
  readonly state: "saved" | "received" | "refused"
  /** How many bytes the county has. */
  readonly sent: number
  /** Why it was refused. */
  readonly why: string | null
}

export class PhotoStorage {
  private readonly database: Database
  private readonly vault: Vault
  private readonly known = new Map<string, PhotoRecord>()

  private constructor(database: Database, vault: Vault) {
    this.database = database
    this.vault = vault
  }

  static async of(database: Database, vault: Vault): Promise<PhotoStorage> {
    const photos = new PhotoStorage(database, vault)
    const opening = (await entries(database, "photos")).map(([sha256, sealed]) =>
      vault.phone.open(`photos/${sha256}`, sealed),
    )
    for (const record of (await Promise.all(opening)) as PhotoRecord[]) photos.noted(record)
    return photos
  }

  all(): PhotoRecord[] {
    return [...this.known.values()]
  }

  get(sha256: string): PhotoRecord | null {
    return this.known.get(sha256) ?? null
  }

  static async digestOf(bytes: ArrayBuffer): Promise<string> {
    return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)))
  }

  /** What saves a file, to be written beside the operation that names it; `noted` once that is done. */
  async puts(record: PhotoRecord, bytes: ArrayBuffer, thumbnail?: ArrayBuffer): Promise<Put[]> {
    const { sha256 } = record
    const parts = Array.from({ length: Math.ceil(bytes.byteLength / PART) }, async (_, n): Promise<Put> => {
      const part = bytes.slice(n * PART, (n + 1) * PART)
      const value = await this.vault.phone.sealBytes(`chunks/${sha256}/${n}`, part)
      return { store: "chunks", key: [sha256, n], value }
    })
    if (thumbnail) parts.push(this.thumbnailPut(sha256, thumbnail))
    return Promise.all([...parts, this.put(record)])
  }

  noted(record: PhotoRecord): void {
    this.known.set(record.sha256, record)
  }

  /** Note what came of a file. */
  async mark(sha256: string, change: Partial<Pick<PhotoRecord, "state" | "sent" | "why">>): Promise<void> {
    const record = this.known.get(sha256)
    if (!record) return
    const next = { ...record, ...change }
    await write(this.database, [await this.put(next)])
    this.noted(next)
  }

  /** Bytes from `offset`, at most `length`; short only at the end of the file. */
  async slice(sha256: string, offset: number, length: number): Promise<Bytes> {
    const size = this.known.get(sha256)?.size ?? 0
    const end = Math.min(size, offset + length)
    const found = new Uint8Array(Math.max(0, end - offset))
    for (let n = Math.floor(offset / PART); n * PART < end; n++) {
      const part = await this.part(sha256, n)
      const from = Math.max(offset - n * PART, 0)
      found.set(part.subarray(from, Math.min(end - n * PART, part.length)), n * PART + from - offset)
    }
    return found
  }

  /** The whole file, null if this phone does not hold it. */
  async blob(sha256: string): Promise<Blob | null> {
    const record = this.known.get(sha256)
    return record ? new Blob([await this.slice(sha256, 0, record.size)], { type: record.mime }) : null
  }

  /** The small picture for lists, null if none was made. It lies beside the parts, before the first. */
  async thumbnail(sha256: string): Promise<Blob | null> {
    const sealed = await this.database.get("chunks", [sha256, THUMBNAIL])
    if (!sealed) return null
    return new Blob([await this.vault.phone.openBytes(`chunks/${sha256}/${THUMBNAIL}`, sealed)], {
      type: "image/jpeg",
    })
  }

  async drop(sha256: string): Promise<void> {
    await write(
      this.database,
      [],
      [
        { store: "chunks", range: under(sha256, THUMBNAIL) },
        { store: "photos", range: IDBKeyRange.only(sha256) },
      ],
    )
    this.known.delete(sha256)
  }

  private async part(sha256: string, n: number): Promise<Bytes> {
    const sealed = await this.database.get("chunks", [sha256, n])
    if (!sealed) throw new Error(`part ${n} of a photo is not there`)
    return this.vault.phone.openBytes(`chunks/${sha256}/${n}`, sealed)
  }

  private async thumbnailPut(sha256: string, bytes: ArrayBuffer): Promise<Put> {
    const value = await this.vault.phone.sealBytes(`chunks/${sha256}/${THUMBNAIL}`, bytes)
    return { store: "chunks", key: [sha256, THUMBNAIL], value }
  }

  private async put(record: PhotoRecord): Promise<Put> {
    const { sha256 } = record
    return { store: "photos", key: sha256, value: await this.vault.phone.seal(`photos/${sha256}`, record) }
  }
}
