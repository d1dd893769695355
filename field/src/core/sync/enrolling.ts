/** How a phone becomes a device of the county (SPEC, part EN). */

import { checkCode, deviceId, ES256, fingerprintOf } from "./chain"
import type { Desk } from "./desk"
import { CannotWrite } from "./pen"
import { integer, need, NotOfShape, record, text } from "./shape"
import { utf8 } from "./text"

export const DEVICE = "device"

export interface Enrolment {
  readonly code: string
  readonly alg: string
  readonly key: string
  readonly proof: string
  /** Left out where nobody named the phone: the county takes no empty name. */
  readonly label?: string
  readonly app: string
}

/** Opaque bearer tokens; seconds until they expire, so that a wrong clock does not matter. */
export interface Tokens {
  readonly access: string
  readonly access_seconds: number
  readonly refresh: string
  readonly refresh_seconds: number
}

export interface Enrolled {
  readonly device: string
  readonly team: string
  readonly county: string
  readonly nonce: string
  readonly epoch: string
  readonly server_alg: string
  readonly server_key: string
  readonly tokens: Tokens
  readonly signature: string
}

const any = text(1000)

export const readTokens = record<Tokens>({
  access: need(any),
  access_seconds: need(integer(0)),
  refresh: need(any),
  refresh_seconds: need(integer(0)),
})

export const readEnrolled = record<Enrolled>({
  device: need(any),
  team: need(any),
  county: need(any),
  nonce: need(any),
  epoch: need(any),
  server_alg: need(any),
  server_key: need(any),
  tokens: need(readTokens),
  signature: need(any),
})

/** First start: the phone's own key, whose hash is its id (EN-3). */
export async function install(desk: Desk): Promise<void> {
  const { keys, hashing } = desk.around
  desk.state.deviceKey = await keys.create(DEVICE, "")
  desk.state.device = await deviceId(hashing, desk.state.deviceKey)
  desk.journal.phone = true
}

/** Code and the fingerprint of the county's key, from a picture's address or what stands behind its `#` (EN-1). */
export function readFragment(address: string): { readonly code: string; readonly fingerprint: string } {
  const fragment = address.trim().split("#").at(-1) ?? ""
  const [version, fingerprint = "", code = "", ...more] = fragment.split(".")
  if (version !== "1" || fingerprint.length !== 43 || code.length !== 22 || more.length > 0)
    throw new NotOfShape("an enrolment code")
  return { code, fingerprint }
}

/** The request that presents a code; throws NotOfShape where the picture is no code. */
export async function begin(desk: Desk, address: string, label: string): Promise<Enrolment> {
  const { code, fingerprint } = readFragment(address)
  desk.state.expects = fingerprint
  desk.journal.phone = true
  const key = desk.state.deviceKey
  const proof = await signed(desk, `qianshao enrol 1\n${code}\n${key}`)
  return { code, alg: ES256, key, proof, ...(label === "" ? {} : { label }), app: desk.around.app }
}

/** Keep the county's key (EN-4); the six digits. Throws CannotWrite where it is another's. */
export async function finish(desk: Desk, answer: Enrolled): Promise<string> {
  const { state } = desk
  const { hashing } = desk.around
  const fingerprint = await fingerprintOf(hashing, answer.server_key).catch(() => "")
  const said = `qianshao enrolled 1\n${answer.device}\n${answer.nonce}\n${answer.epoch}\n${state.deviceKey}`
  const genuine = await hashing.verify(answer.server_alg, answer.server_key, utf8(said), answer.signature)
  if (fingerprint !== state.expects || !genuine || answer.device !== state.device)
    throw new CannotWrite("not_the_county")
  state.serverKeys[fingerprint] = answer.server_key
  state.epoch ||= answer.epoch
  desk.journal.phone = true
  return checkCode(hashing, answer.nonce, state.deviceKey)
}

/** The proof that renews tokens, over the refresh token or a challenge (EN-7). */
export function renewal(desk: Desk, secret: string): Promise<string> {
  return signed(desk, `qianshao renew 1\n${desk.state.device}\n${secret}`)
}

async function signed(desk: Desk, statement: string): Promise<string> {
  const signature = await desk.around.keys.sign(DEVICE, utf8(statement))
  if (signature === null) throw new CannotWrite("no_key")
  return signature
}
