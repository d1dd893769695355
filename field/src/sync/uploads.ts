/**
 * Photos' bytes to the county: tus at an address made of the bytes' own digest. Goes on where the county says it stands;
 * parts grow while the link is good.
 */

import { base64 } from "../core/sync/text"
import type { PhotoRecord, PhotoStorage } from "../storage/photoStorage"
import { got, type Answered, type County, type Failed } from "./county"
import type { Reply, Request } from "./transport"

const LEAST = 64 * 1024
const MOST = 512 * 1024
/** A part that takes no longer than this may be followed by one twice as large. */
const QUICK = 2_000
const TUS = { "Tus-Resumable": "1.0.0" }

export interface Uploading {
  readonly county: County
  readonly photos: PhotoStorage
  /** Monotonic ms. */
  readonly now: () => number
  /** Hears of every part that arrived; false stops between two parts, because something more urgent is to be sent. */
  readonly told: (record: PhotoRecord) => boolean
}

/** What becomes of one photo: done (or refused for good), left for later, or the link failed. */
type Outcome = "done" | "later" | "stopped" | Failed

/** Photos that the county has not, gravest first, then the oldest. */
export function waitingPhotos(photos: PhotoStorage): PhotoRecord[] {
  const waiting = photos.all().filter((record) => record.state === "saved")
  return waiting.sort((a, b) => b.gravity - a.gravity || a.at - b.at)
}

/** Null when every photo that can go has gone, "stopped" when told so. */
export async function uploadAll(uploading: Uploading): Promise<Failed | "stopped" | null> {
  for (const record of waitingPhotos(uploading.photos)) {
    const outcome = await new Upload(uploading, record).run()
    if (outcome === "stopped" || typeof outcome === "object") return outcome
  }
  return null
}

class Upload {
  private readonly with: Uploading
  private readonly record: PhotoRecord
  private part = LEAST
  private spoilt = 0

  constructor(uploading: Uploading, record: PhotoRecord) {
    this.with = uploading
    this.record = record
  }

  async run(): Promise<Outcome> {
    let offset = await this.look()
    while (typeof offset === "number") {
      await this.with.photos.mark(this.record.sha256, { sent: offset })
      if (offset >= this.record.size) return this.received()
      if (!this.with.told({ ...this.record, sent: offset })) return "stopped"
      offset = await this.bring(offset)
    }
    return offset
  }

  /** How far the county is. */
  private async look(): Promise<number | Outcome> {
    const got = await this.ask({ method: "HEAD", headers: TUS })
    return got.ok ? (got.reply.offset ?? FAILED) : this.judge(got.reply, got)
  }

  private async bring(offset: number): Promise<number | Outcome> {
    const body = await this.with.photos.slice(this.record.sha256, offset, this.part)
    const sum = base64(new Uint8Array(await crypto.subtle.digest("SHA-256", body)))
    const headers = {
      ...TUS,
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
      "Upload-Checksum": `sha256 ${sum}`,
    }
    const begun = this.with.now()
    const got = await this.ask({ method: "PATCH", headers, body })
    if (!got.ok) return this.judge(got.reply, got)
    this.part =
      this.with.now() - begun < QUICK ? Math.min(this.part * 2, MOST) : Math.max(this.part / 2, LEAST)
    return got.reply.offset ?? FAILED
  }

  /** What a refusal means for this photo. */
  private async judge(reply: Answered | null, failed: Failed): Promise<number | Outcome> {
    this.part = LEAST
    if (!reply) return failed
    if (reply.status === 404) return "later"
    if (reply.status === 409) return this.again()
    if (reply.status === 460) return this.again()
    if (reply.status === 422) return this.refused(reply.code)
    if (reply.status === 423 || reply.status === 507)
      return { trouble: "busy", after: (reply.retryAfter ?? 1) * 1000 }
    return failed
  }

  /** The county stands elsewhere than thought, or bytes were spoilt on the way: look again, but not for ever. */
  private async again(): Promise<number | Outcome> {
    this.spoilt += 1
    return this.spoilt > 3 ? { trouble: "county_error", after: null } : this.look()
  }

  private async received(): Promise<Outcome> {
    await this.with.photos.mark(this.record.sha256, { state: "received", sent: this.record.size })
    this.with.told({ ...this.record, state: "received", sent: this.record.size })
    return "done"
  }

  /** Why is said where the answer has a body; HEAD has none. */
  private async refused(code: string | null): Promise<Outcome> {
    const why = code === null || code === "" ? "refused" : code
    await this.with.photos.mark(this.record.sha256, { state: "refused", why })
    return "done"
  }

  private async ask(request: Omit<Request, "path">): Promise<Told> {
    const path = `/api/v1/photos/${this.record.sha256}`
    const reply = await this.with.county.tell({ ...request, path })
    if (!answered(reply)) return { ok: false, reply: null, trouble: reply.why, after: null }
    const sorted = got(reply)
    return sorted.ok ? sorted : { ...sorted, reply }
  }
}

type Told =
  | { readonly ok: true; readonly reply: Answered }
  | ({ readonly ok: false; readonly reply: Answered | null } & Failed)

/** An answer without what tus promises is somebody else's. */
const FAILED: Failed = { trouble: "portal", after: null }

function answered(reply: Reply): reply is Answered {
  return "text" in reply
}
