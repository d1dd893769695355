/** Replays sync/vectors: every story tells what a phone was given, what it then wrote, and what it shows (SPEC, IV-6). */

import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import * as chain from "../../../src/core/sync/chain"
import { decode } from "../../../src/core/sync/operations"
import * as edits from "../../../src/core/sync/edits"
import { encodeRequest, request } from "../../../src/core/sync/outbox"
import { Phone } from "../../../src/core/sync/phone"
import { readAnswer } from "../../../src/core/sync/wire"
import { statement } from "../../../src/core/sync/receipts"
import { newState, newChain, last, type PhoneState } from "../../../src/core/sync/state"
import { fieldsShown, keysShown } from "../../../src/core/sync/view"
import type { Keys, Reading } from "../../../src/core/sync/surroundings"
import { utf8, fromUtf8 } from "../../../src/core/sync/text"
import { hashing } from "./hashing"

interface Written {
  chain: string
  bytes: string
  hash: string
  signature: string
}
interface Register {
  heads: { uid: string; person: string; value: unknown }[]
  disputed: boolean
  counted: string | null
}
interface After {
  epoch: string
  cursor: Record<string, number>
  chains: { chain: string; last: number; acked: number; safe: number }[]
  shown: Record<string, Register>
}
interface Step {
  phone: number
  do: string
  random?: string[]
  clock?: Reading[]
  operations?: Written[]
  request?: Record<string, unknown>
  answer?: string
  statement?: string
  after?: After
}
interface Start {
  device: string
  server_keys: Record<string, string>
  chains: { chain: string; person: string; log: Written[] }[]
}
interface Story {
  phones: Start[]
  steps: Step[]
}

const FOLDER = new URL("../../../../sync/vectors/", import.meta.url)

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"))
}

/** The story's keys: a text that is not the story's cannot be signed, and a chain of its making has its key. */
class ToldKeys implements Keys {
  private readonly signatures: Map<string, string>
  private readonly publics = new Map<string, string>()
  constructor(written: Written[]) {
    this.signatures = new Map(written.map((one) => [one.bytes, one.signature]))
    for (const { bytes } of written) {
      const operation = decode(bytes)
      if (operation.kind !== "chain.open") continue
      const { chain: name, key, after } = operation.body
      this.publics.set(name, key)
      if (after?.proof !== undefined) this.signatures.set(key, after.proof)
    }
  }
  create(name: string): Promise<string> {
    return Promise.resolve(this.publics.get(name) ?? expect.fail(`the story has no chain ${name}`))
  }
  sign(_name: string, data: Uint8Array): Promise<string | null> {
    const text = fromUtf8(data)
    return Promise.resolve(this.signatures.get(text) ?? expect.fail(`the story signs no such text: ${text}`))
  }
  isOpen(): boolean {
    return true
  }
}

class Told {
  readonly random: Uint8Array<ArrayBuffer>[] = []
  readonly clock: Reading[] = []
  draw(): Uint8Array<ArrayBuffer> {
    const drawn = this.random.shift()
    if (!drawn) throw new Error("the story draws no more")
    return drawn
  }
  read(): Reading {
    const reading = this.clock.shift()
    if (!reading) throw new Error("the story looks at the clock no more")
    return reading
  }
}

async function begin(start: Start, story: Story): Promise<{ phone: Phone; told: Told }> {
  const told = new Told()
  const keys = new ToldKeys(story.steps.flatMap((step) => step.operations ?? []))
  const state = newState()
  Object.assign(state, { device: start.device, deviceKey: "-", serverKeys: start.server_keys, epoch: "e1" })
  for (const { chain: name, person, log } of start.chains) {
    const held = log.map((one) => {
      const { uid, seq } = decode(one.bytes)
      return { seq, uid, hash: one.hash, text: one.bytes, signature: one.signature }
    })
    state.chains.push({ ...newChain(name, person), log: held })
  }
  const around = { clock: told, randomness: () => told.draw(), keys, hashing, app: "1.0" }
  const phone = await Phone.start(around, {
    load: () => Promise.resolve(state),
    save: () => Promise.resolve(),
  })
  return { phone, told }
}

/** Do what the story's operation says, by the phone's own edits. */
async function act(phone: Phone, written: Written): Promise<void> {
  const operation = decode(written.bytes)
  if (operation.kind === null) throw new Error("a story of known kinds")
  const person = phone.desk.state.chains.find((one) => one.chain === written.chain)?.person ?? ""
  await phone.step(async (desk) => {
    const doing = { desk, person, visit: operation.visit ?? "" }
    const { reg = "" } = operation
    switch (operation.kind) {
      case "visit.open":
      case "visit.join":
        expect(await edits.enterVisit(desk, person, operation.body, operation.kind)).toBe(operation.visit)
        break
      case "answer.set":
        await edits.setAnswer(doing, reg, operation.body)
        break
      case "finding.set":
        await edits.setFinding(doing, operation.body.finding, operation.body.set)
        break
      case "finding.retract":
        await edits.retractFinding(doing, operation.body.finding, operation.body.reason)
        break
      case "photo.add":
        await edits.addPhoto(doing, operation.body)
        break
      case "visit.done":
        await edits.done(doing)
        break
      default:
        throw new Error(`no story does ${operation.kind}`)
    }
  })
}

function written(phone: Phone, known: Map<string, number>): Written[] {
  return phone.desk.state.chains.flatMap((one) =>
    one.log
      .filter((held) => held.seq > (known.get(one.chain) ?? 0))
      .map(({ text, hash, signature }) => ({ chain: one.chain, bytes: text, hash, signature })),
  )
}

function after(phone: Phone): After {
  const { desk } = phone
  const { state } = desk
  const shown: Record<string, Register> = {}
  const streams = new Set([...state.rows.keys(), ...desk.pendingBy().keys()])
  for (const stream of streams)
    for (const key of keysShown(desk, stream))
      for (const [field, { heads, disputed, counted }] of Object.entries(fieldsShown(desk, stream, key)))
        shown[`${stream} ${key} ${field}`.trimEnd()] = {
          heads: heads.map(({ uid, person, value }) => ({ uid, person, value })),
          disputed,
          counted,
        }
  const chains = state.chains.map((one) => ({
    chain: one.chain,
    last: last(one),
    acked: one.acked,
    safe: one.safe,
  }))
  return { epoch: state.epoch, cursor: { ...state.cursor }, chains, shown }
}

async function exchange(phone: Phone, step: Step): Promise<void> {
  const asked = JSON.parse(encodeRequest(await phone.look(request))) as unknown
  expect(asked).toEqual(step.request)
  const answer = readAnswer(JSON.parse(step.answer ?? ""))
  expect(statement(answer)).toBe(step.statement)
  expect(await phone.receive(step.answer ?? "")).not.toBeNull()
}

/** One phone of a story as it goes, with a copy of its state after every step. */
class Actor {
  readonly phone: Phone
  readonly told: Told
  private readonly copies: PhoneState[] = []
  constructor({ phone, told }: { phone: Phone; told: Told }) {
    this.phone = phone
    this.told = told
  }

  async play(step: Step): Promise<void> {
    const known = new Map(this.phone.desk.state.chains.map((one) => [one.chain, last(one)]))
    this.told.random.push(...(step.random ?? []).map((hex) => Uint8Array.from(Buffer.from(hex, "hex"))))
    this.told.clock.push(...(step.clock ?? []))
    await this.take(step)
    expect(written(this.phone, known)).toEqual(step.operations ?? [])
    if (step.after) expect(after(this.phone)).toEqual(step.after)
    expect([this.told.random, this.told.clock]).toEqual([[], []])
    this.copies.push(structuredClone(this.phone.desk.state))
  }

  private async take(step: Step): Promise<void> {
    if (step.do === "exchange") return exchange(this.phone, step)
    if (step.do === "restore") {
      this.restore(step.after?.chains[0]?.last)
      return
    }
    for (const one of step.operations ?? []) await act(this.phone, one)
  }

  private restore(point: number | undefined): void {
    const kept = this.copies.find((copy) => copy.chains[0] && last(copy.chains[0]) === point)
    this.phone.desk.replace(structuredClone(kept ?? expect.fail("a copy")))
  }
}

async function replay(story: Story): Promise<void> {
  const actors = await Promise.all(story.phones.map(async (start) => new Actor(await begin(start, story))))
  for (const step of story.steps) await (actors[step.phone - 1] ?? expect.fail("a phone")).play(step)
}

describe("the stories, byte for byte", () => {
  it.each(["merging", "finding", "restored_phone", "restored_county", "county_disagrees"])(
    "%s",
    async (name) => replay(read(name) as Story),
  )
})

interface SmallThings {
  hashes: { bytes: string; hash: string }[]
  signatures: { alg: string; key: string; bytes: string; signature: string; valid: boolean }[]
  visits: { identity: Parameters<typeof chain.visitId>[1]; id: string }[]
  check_codes: { nonce: string; key: string; digits: string }[]
  devices: { key: string; id: string }[]
  fingerprints: { key: string; fingerprint: string }[]
  digests: { rows: [string, number, string[]][]; digest: string }[]
}

describe("small things", () => {
  const facts = read("small_things") as SmallThings

  it("hashes, ids, digits, fingerprints and digests are the county's", async () => {
    for (const one of facts.hashes) expect(await chain.hashOf(hashing, one.bytes)).toBe(one.hash)
    for (const one of facts.visits) expect(await chain.visitId(hashing, one.identity)).toBe(one.id)
    for (const one of facts.check_codes)
      expect(await chain.checkCode(hashing, one.nonce, one.key)).toBe(one.digits)
    for (const one of facts.devices) expect(await chain.deviceId(hashing, one.key)).toBe(one.id)
    for (const one of facts.fingerprints)
      expect(await chain.fingerprintOf(hashing, one.key)).toBe(one.fingerprint)
    for (const one of facts.digests) expect(await chain.streamDigest(hashing, one.rows)).toBe(one.digest)
  })

  it("signatures hold for their bytes and their key, and for nothing else", async () => {
    for (const one of facts.signatures)
      expect(await hashing.verify(one.alg, one.key, utf8(one.bytes), one.signature)).toBe(one.valid)
  })
})
