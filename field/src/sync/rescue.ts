/** Carrying chains by file: this phone's own ones out, another phone's in and on to the county (SPEC, part BU). */

import { bundle } from "../core/sync/bundling"
import { parse } from "../core/sync/operations"
import type { Phone } from "../core/sync/phone"
import { NotOfShape } from "../core/sync/shape"
import { fromUtf8, hex, utf8, type Bytes } from "../core/sync/text"
import { readAnswer, readBundle } from "../core/sync/wire"
import { holds } from "../core/sync/receipts"
import type { CarriedStorage } from "../storage/carriedStorage"
import { gunzip, gzip } from "./compression"
import type { County, Failed } from "./county"

/** What the county takes of one file. */
const COMPRESSED = 16 * 1024 * 1024
const INFLATED = 64 * 1024 * 1024

export type Carried =
  | { readonly done: true; readonly operations: number; readonly chains: number }
  | { readonly done: false; readonly why: "not_a_bundle" | "too_large" | "own" }

export class Rescue {
  /** Files of others that the county has not signed for. */
  waiting = 0
  private readonly phone: Phone
  private readonly storage: CarriedStorage

  constructor(phone: Phone, storage: CarriedStorage) {
    this.phone = phone
    this.storage = storage
  }

  /** Everything of this phone that is not safe yet, as the bytes of a file. */
  async export(): Promise<Bytes> {
    return gzip(utf8(JSON.stringify(await this.phone.look(bundle))))
  }

  /** Keep another phone's file until it is handed in. */
  async take(file: Bytes): Promise<Carried> {
    if (file.length > COMPRESSED) return { done: false, why: "too_large" }
    try {
      const content = await gunzip(file, INFLATED)
      const found = readBundle(parse(fromUtf8(content)))
      if (found.device === this.phone.desk.state.device) return { done: false, why: "own" }
      const name = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", content)))
      await this.storage.keep(name, content)
      await this.load()
      const operations = found.chains.reduce((sum, run) => sum + run.operations.length, 0)
      return { done: true, operations, chains: new Set(found.chains.map((run) => run.chain)).size }
    } catch (error) {
      if (error instanceof RangeError) return { done: false, why: "too_large" }
      // No gzip, no UTF-8, no JSON, no bundle: for a person all the same.
      if (error instanceof NotOfShape || error instanceof TypeError)
        return { done: false, why: "not_a_bundle" }
      throw error
    }
  }

  /** Look how many files wait here. */
  async load(): Promise<void> {
    this.waiting = (await this.storage.names()).length
  }

  /** Bring every carried file to the county. A file goes only when the county has signed for it. */
  async handIn(county: County): Promise<Failed | null> {
    for (const name of await this.storage.names()) {
      const content = await this.storage.read(name)
      const failed = content ? await this.bring(county, name, content) : null
      // What the county refuses stays here for a person to see; it holds up nothing else.
      if (failed && failed.trouble !== "county_error" && failed.trouble !== "too_large") return failed
    }
    return null
  }

  private async bring(county: County, name: string, content: Bytes): Promise<Failed | null> {
    const headers = { "Content-Type": "application/gzip" }
    const request = {
      method: "POST",
      path: "/api/v1/sync/bundle",
      headers,
      body: await gzip(content),
    } as const
    const got = await county.ask(request)
    if (!got.ok) return got
    const { chains } = readBundle(parse(fromUtf8(content)))
    if (!(await this.isSigned(got.reply.text, chains[0]?.chain))) return { trouble: "portal", after: null }
    await this.storage.drop(name)
    await this.load()
    return null
  }

  private async isSigned(text: string, first: string | undefined): Promise<boolean> {
    const { state, around } = this.phone.desk
    try {
      const asked = { nonce: first === undefined ? "" : `bundle-${first}`, device: state.device }
      return await holds(readAnswer(parse(text)), asked, state.serverKeys, around.hashing)
    } catch (error) {
      if (error instanceof NotOfShape) return false
      throw error
    }
  }
}
