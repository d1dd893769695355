/** Talking to the county as this phone: tokens, their renewal by the phone's key, and what refusals mean. */

import { readEnrolled, readTokens, renewal, type Enrolled, type Enrolment } from "../core/sync/enrolling"
import { parse } from "../core/sync/operations"
import type { Phone } from "../core/sync/phone"
import { NotOfShape, object } from "../core/sync/shape"
import { utf8, type Bytes } from "../core/sync/text"
import type { Records } from "../storage/records"
import type { Trouble } from "./status"
import type { Reply, Request, Send } from "./transport"

/** What the phone knows of its place in the county; stored under the phone's key. */
export interface Membership {
  readonly team: string
  readonly county: string
  readonly digits: string
  readonly access: string
  readonly refresh: string
}

/** Nothing came of it: why, and after how many ms to try again if the county said so. */
export interface Failed {
  readonly trouble: Trouble
  readonly after: number | null
}
export type Got = { readonly ok: true; readonly reply: Answered } | ({ readonly ok: false } & Failed)
export type Presented =
  | { readonly ok: true; readonly enrolled: Enrolled }
  | { readonly ok: false; readonly why: "code_unusable" | "offline" | "portal" | "busy" | "refused" }
export type Answered = Extract<Reply, { readonly text: string }>

const RECORD = "membership"
const WHY = {
  offline: "offline",
  unreachable: "offline",
  portal: "portal",
  busy: "busy",
  too_large: "refused",
  full: "refused",
  county_error: "refused",
} as const
/** The server's word for a code that is used, expired or was never one. */
const CODE_UNUSABLE = "enrolment_refused"

export class County {
  membership: Membership | null = null
  private readonly send: Send
  private readonly phone: Phone
  private readonly records: Records
  private renewing: Promise<Failed | null> | null = null

  constructor(send: Send, phone: Phone, records: Records) {
    this.send = send
    this.phone = phone
    this.records = records
  }

  async load(): Promise<void> {
    this.membership = (await this.records.read(RECORD)) as Membership | null
  }

  /** Present an enrolment; what came back, if it has the shape of the county's answer. */
  async enrol(enrolment: Enrolment): Promise<Presented> {
    const reply = await this.send(json("/api/v1/enrolment", enrolment))
    const heard = got(reply)
    if (!heard.ok) return { ok: false, why: refusesCode(reply) ? "code_unusable" : WHY[heard.trouble] }
    try {
      return { ok: true, enrolled: readEnrolled(parse(heard.reply.text)) }
    } catch (error) {
      if (error instanceof NotOfShape) return { ok: false, why: "portal" }
      throw error
    }
  }

  /** A file of the county, for instance a photo to look at. */
  async fetchBytes(path: string): Promise<Bytes | "none" | "failed"> {
    return this.send.bytes({ method: "GET", path, headers: this.authorisation() })
  }

  async join(enrolled: Enrolled, digits: string): Promise<void> {
    const { team, county, tokens } = enrolled
    await this.keep({ team, county, digits, access: tokens.access, refresh: tokens.refresh })
  }

  /** Whether the county has withdrawn this phone; false where it did not say. */
  async isWithdrawn(): Promise<boolean> {
    const reply = await this.tell({ method: "GET", path: "/api/v1/checklists" })
    return "code" in reply && reply.code === "device_revoked"
  }

  /** Belong to no team any more. */
  async leave(): Promise<void> {
    await this.records.keep(RECORD, null)
    this.membership = null
  }

  /** A request with this phone's token, sorted into what the county gave and why it did not. */
  async ask(request: Request): Promise<Got> {
    return got(await this.tell(request))
  }

  /** The same, as it came back. The token is renewed once where the county no longer takes it. */
  async tell(request: Request): Promise<Reply> {
    const first = await this.authorised(request)
    if (!("text" in first) || first.status !== 401 || first.code === "device_revoked") return first
    const failed = await this.renew()
    if (failed === null) return this.authorised(request)
    return failed.trouble === "offline" || failed.trouble === "unreachable"
      ? { status: 0, why: failed.trouble }
      : first
  }

  private authorised(request: Request): Promise<Reply> {
    return this.send({ ...request, headers: { ...request.headers, ...this.authorisation() } })
  }

  private authorisation(): { Authorization: string } {
    return { Authorization: `Bearer ${this.membership?.access ?? ""}` }
  }

  /** One renewal at a time: two at once would make the county think that the token was copied. */
  private renew(): Promise<Failed | null> {
    this.renewing ??= this.renewOnce().finally(() => (this.renewing = null))
    return this.renewing
  }

  private async renewOnce(): Promise<Failed | null> {
    const refreshed = await this.present(this.membership?.refresh ?? "")
    if (refreshed !== "challenge_needed") return refreshed
    const device = this.phone.desk.state.device
    const reply = got(await this.send(json("/api/v1/enrolment/challenge", { device })))
    if (!reply.ok) return reply
    const answer = await this.present(readChallenge(reply.reply.text))
    return answer === "challenge_needed" ? { trouble: "county_error", after: null } : answer
  }

  /** Show a refresh token or a challenge with the phone's signature over it (EN-7). */
  private async present(secret: string): Promise<Failed | "challenge_needed" | null> {
    const device = this.phone.desk.state.device
    const proof = await this.phone.look((desk) => renewal(desk, secret))
    const reply = await this.send(json("/api/v1/enrolment/tokens", { device, secret, proof }))
    if ("code" in reply && reply.code === "challenge_needed") return "challenge_needed"
    const heard = got(reply)
    if (!heard.ok) return heard
    try {
      const { access, refresh } = readTokens(parse(heard.reply.text))
      if (this.membership) await this.keep({ ...this.membership, access, refresh })
      return null
    } catch (error) {
      if (error instanceof NotOfShape) return { trouble: "portal", after: null }
      throw error
    }
  }

  private async keep(membership: Membership): Promise<void> {
    await this.records.keep(RECORD, membership)
    this.membership = membership
  }
}

function json(path: string, content: object): Request {
  return {
    method: "POST",
    path,
    headers: { "Content-Type": "application/json" },
    body: utf8(JSON.stringify(content)),
  }
}

function readChallenge(text: string): string {
  try {
    return String(object(parse(text)).challenge)
  } catch {
    return ""
  }
}

function refusesCode(reply: Reply): boolean {
  return "code" in reply && reply.code === CODE_UNUSABLE
}

/** A reply, sorted: what the county refused says so as a problem; what says nothing is somebody else's. */
export function got(reply: Reply): Got {
  if (!("text" in reply)) return { ok: false, trouble: reply.why, after: null }
  const { status, code, retryAfter } = reply
  if (status >= 200 && status < 300) return { ok: true, reply }
  const after = retryAfter === null ? null : retryAfter * 1000
  if (status === 503 || status === 429) return { ok: false, trouble: "busy", after }
  if (code === null) return { ok: false, trouble: status >= 500 ? "unreachable" : "portal", after }
  if (status === 413) return { ok: false, trouble: "too_large", after }
  return { ok: false, trouble: "county_error", after }
}
