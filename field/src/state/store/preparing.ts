/** Fetch all that a shift needs, and say of every step whether it is complete. */

import { localDay, monthOf, weekOf } from "../../core/patrol/periods"
import { parse } from "../../core/sync/operations"
import { object } from "../../core/sync/shape"
import { base64, fromBase64 } from "../../core/sync/text"
import type { Got } from "../../sync/county"
import type { PhoneReads } from "../phone"
import type { Prepared, PrepareName, PrepareStep } from "../pulled"
import type { Context } from "./context"
import { keepFact } from "./facts"

type Told = (step: PrepareStep) => void
type Reads = Pick<PhoneReads, "mines" | "editions" | "edition" | "visits" | "findings" | "photos">

/** So many pictures of open findings are taken along. */
const PICTURES = 120

export async function prepare(context: Context, reads: Reads, told: Told): Promise<Prepared> {
  const preparing = new Preparing(context, reads)
  const steps: [PrepareName, () => Promise<Task[]>][] = [
    ["exchange", () => preparing.exchange()],
    ["editions", () => preparing.editions()],
    ["duties", () => preparing.duties()],
    ["left", () => preparing.left()],
    ["photos", () => preparing.photos()],
  ]
  const missing: PrepareName[] = []
  for (const [name, plan] of steps) if (!(await run(name, plan, told))) missing.push(name)
  return { complete: missing.length === 0, missing, at: context.now() }
}

type Task = () => Promise<boolean>

async function run(name: PrepareName, plan: () => Promise<Task[]>, told: Told): Promise<boolean> {
  told({ name, done: false, part: 0, of: 0 })
  const tasks = await plan()
  let part = 0
  for (const task of tasks) {
    if (!(await task())) break
    part += 1
    told({ name, done: false, part, of: tasks.length })
  }
  const done = part === tasks.length
  told({ name, done, part, of: tasks.length })
  return done
}

class Preparing {
  private readonly context: Context
  private readonly reads: Reads

  constructor(context: Context, reads: Reads) {
    this.context = context
    this.reads = reads
  }

  exchange(): Promise<Task[]> {
    const { engine } = this.context.need()
    const task = async (): Promise<boolean> => {
      await engine.run()
      return engine.status.at === "rest"
    }
    return Promise.resolve([task])
  }

  /** Every edition that is or will be in force, and those of the visits on this phone. */
  async editions(): Promise<Task[]> {
    if (!(await this.fetch("/api/v1/checklists", "editions"))) return [failed]
    const today = localDay(this.context.now())
    const begun = this.reads.editions().filter((edition) => edition.inForceFrom <= today)
    const current = begun.sort((a, b) => (a.inForceFrom < b.inForceFrom ? 1 : -1)).slice(0, 1)
    const coming = this.reads.editions().filter((edition) => edition.inForceFrom > today)
    const pinned = this.reads.visits().map((visit) => visit.edition)
    const wanted = new Set([...[...current, ...coming].map((edition) => edition.digest), ...pinned])
    const lacking = [...wanted].filter((digest) => this.reads.edition(digest) === null)
    return lacking.map((digest) => () => this.fetch(`/api/v1/checklists/${digest}`, `edition/${digest}`))
  }

  duties(): Promise<Task[]> {
    const day = localDay(this.context.now())
    const periods = [weekOf(day).id, monthOf(day).id]
    return Promise.resolve(
      periods.map((id) => () => this.fetchPages(`/api/v1/duties?period=${id}`, `duties/${id}`)),
    )
  }

  left(): Promise<Task[]> {
    const month = monthOf(localDay(this.context.now())).id
    const tasks = this.reads.mines().map(({ id }) => {
      return () => this.fetch(`/api/v1/mines/${id}/coverage/${month}/left`, `left/${id}/${month}`)
    })
    return Promise.resolve(tasks)
  }

  /** Pictures of findings that are not retracted, to be held against what one sees. */
  async photos(): Promise<Task[]> {
    const { records, photos } = this.context.need()
    const held = new Set(await records.sharedNames())
    const findings = this.reads.mines().flatMap(({ id }) => this.reads.findings({ mine: id }))
    const digests = findings.flatMap(({ finding }) =>
      this.reads.photos({ finding }).map((photo) => photo.sha256),
    )
    const lacking = [...new Set(digests)].filter((one) => !held.has(`photo/${one}`) && !photos.get(one))
    return lacking.slice(0, PICTURES).map((digest) => () => this.fetchPicture(digest))
  }

  private async fetch(path: string, name: string): Promise<boolean> {
    const got = await this.get(path)
    if (!got.ok) return false
    await keepFact(this.context, name, parse(got.reply.text))
    return true
  }

  private async fetchPages(path: string, name: string): Promise<boolean> {
    const items: unknown[] = []
    for (let cursor: unknown = ""; typeof cursor === "string";) {
      const got = await this.get(`${path}&limit=200${cursor ? `&cursor=${cursor}` : ""}`)
      if (!got.ok) return false
      const page = object(parse(got.reply.text))
      items.push(...(page.items as unknown[]))
      cursor = page.next
    }
    await keepFact(this.context, name, { items })
    return true
  }

  /** One that has not arrived at the county, or was refused there, keeps nobody from going down. */
  private async fetchPicture(digest: string): Promise<boolean> {
    const { county, records } = this.context.need()
    const bytes = await county.fetchBytes(`/api/v1/photos/${digest}/screen`)
    if (bytes === "failed") return false
    if (bytes !== "none")
      await records.keepShared(`photo/${digest}`, { type: "image/jpeg", data: base64(bytes) })
    return true
  }

  private get(path: string): Promise<Got> {
    return this.context.need().county.ask({ method: "GET", path })
  }
}

const failed: Task = () => Promise.resolve(false)

/** A picture that `prepare` took along. */
export async function pictureTakenAlong(context: Context, sha256: string): Promise<Blob | null> {
  const kept = (await context.need().records.readShared(`photo/${sha256}`)) as {
    type: string
    data: string
  } | null
  return kept && new Blob([fromBase64(kept.data)], { type: kept.type })
}
