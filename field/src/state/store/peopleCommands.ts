/** Commands of enrolment and of the people of a shared phone. */

import type { Desk } from "../../core/sync/desk"
import { begin, finish, install } from "../../core/sync/enrolling"
import { CannotWrite, openChain } from "../../core/sync/pen"
import { NotOfShape } from "../../core/sync/shape"
import { last, lastHash } from "../../core/sync/state"
import type { Enrolling, PersonHere, Unlocking } from "../people"
import { NotSaved, type PhoneCommands } from "../phone"
import { saving, type Context } from "./context"
import { forgetFacts, loadFacts } from "./facts"

type PeopleCommands = Pick<
  PhoneCommands,
  "enrol" | "askConfirmed" | "addPerson" | "unlock" | "lock" | "changePin" | "resetPin"
>

export function peopleCommands(context: Context): PeopleCommands {
  return {
    enrol: (address, label) => enrol(context, address, label),
    askConfirmed: async () => {
      await context.need().engine.run()
      settleLife(context)
      if (context.life.value.at === "unconfirmed") await beginAnew(context)
      return context.life.value.at !== "unconfirmed" && context.life.value.at !== "unenrolled"
    },
    addPerson: ({ id, name, pin }) =>
      saving(async () => {
        await context.need().vault.addPerson(id, name, pin)
        await enter(context, id)
      }),
    unlock: (person, pin) => unlock(context, person, pin),
    lock: async () => {
      const { vault, signers, phone } = context.need()
      vault.lock()
      signers.lock()
      forgetFacts(context)
      await phone.reload(vault.rows !== null)
      settleLife(context)
    },
    changePin: async (pin, next) => {
      const tried = await unlock(context, context.person(), pin)
      if (tried.done) await saving(() => context.need().vault.changePin(next))
      return tried
    },
    resetPin: (person, address, pin) => resetPin(context, person, address, pin),
  }
}

/** Who is here, with what the team's list says of them. */
export function peopleHere(
  context: Context,
  members: readonly { person: string; role: PersonHere["role"]; specialty: string | null }[],
): PersonHere[] {
  context.versions.follow("people")
  const { vault } = context.parts ?? {}
  return (vault?.tenants() ?? []).map(({ id, name, failures, waitUntil }) => {
    const member = members.find((one) => one.person === id)
    const wait = waitUntil > context.now() ? waitUntil : null
    const lock = { failures, waitUntil: wait, needsCode: failures >= 10 }
    return { id, name, specialty: member?.specialty ?? null, role: member?.role ?? "member", ...lock }
  })
}

/** Where the phone is in its life, read from what it holds. */
export function settleLife(context: Context): void {
  const { county, vault, phone } = context.need()
  const { membership } = county
  const person = vault.person
  if (membership === null) context.life.value = { at: "unenrolled" }
  else if (person !== null) context.life.value = { at: "open", person }
  else if (vault.tenants().length > 0) context.life.value = { at: "locked" }
  else if (isConfirmed(phone.desk, membership.team)) context.life.value = { at: "empty" }
  else context.life.value = { at: "unconfirmed", digits: membership.digits }
  context.versions.changed("people")
  context.everythingChanged()
}

/** The county tells its team's phones who is in the team, and others nothing. */
function isConfirmed(desk: Desk, team: string): boolean {
  return Object.hasOwn(desk.state.cursor, `team:${team}`)
}

/** Wrong digits three times withdraw a phone for good: with a key of its own again it can show another code. */
async function beginAnew(context: Context): Promise<void> {
  const { county, phone, engine } = context.need()
  if (!(await county.isWithdrawn())) return
  engine.stop()
  await phone.step(install)
  await county.leave()
  settleLife(context)
}

async function enrol(context: Context, address: string, label: string): Promise<Enrolling> {
  const { phone, county, engine } = context.need()
  try {
    const asked = await phone.step((desk) => begin(desk, address, label))
    const answered = await county.enrol(asked)
    if (!answered.ok) return { done: false, why: answered.why }
    const digits = await phone.step((desk) => finish(desk, answered.enrolled))
    await county.join(answered.enrolled, digits)
    settleLife(context)
    engine.wake("start")
    return { done: true, digits }
  } catch (error) {
    if (error instanceof NotOfShape) return { done: false, why: "not_a_code" }
    if (error instanceof CannotWrite && error.code === "not_the_county")
      return { done: false, why: "not_the_county" }
    throw error
  }
}

async function unlock(context: Context, person: string, pin: string): Promise<Unlocking> {
  const tried = await saving(() => context.need().vault.unlock(person, pin, context.now()))
  context.versions.changed("people")
  if (tried.done) await enter(context, person)
  if (!tried.done && tried.why === "wrong") return { ...tried, waitUntil: tried.waitUntil || null }
  return tried
}

/** The vault is open for somebody: read what they may read; they have a chain to write on. */
async function enter(context: Context, person: string): Promise<void> {
  const { phone, engine, signers } = context.need()
  signers.lock()
  await phone.reload(true)
  await phone.step(async (desk) => {
    if (!desk.state.chains.some((chain) => chain.person === person && !chain.closed))
      await openChain(desk, person)
  })
  await loadFacts(context)
  settleLife(context)
  engine.wake("return")
}

/** A fresh code proves that the leader agrees; then a new PIN, and a new chain, since the old key went with the old PIN. */
async function resetPin(context: Context, person: string, address: string, pin: string): Promise<Enrolling> {
  const { vault, phone } = context.need()
  if (!vault.tenants().some((tenant) => tenant.id === person)) throw new NotSaved("locked")
  const enrolled = await enrol(context, address, "")
  if (!enrolled.done) return enrolled
  await vault.resetPerson(person, pin)
  await phone.reload(true)
  await phone.step((desk) => goOnAnew(desk, person))
  await enter(context, person)
  return enrolled
}

/** What the old chain holds is signed and still goes; new work goes to a new chain. */
async function goOnAnew(desk: Desk, person: string): Promise<void> {
  const old = desk.state.chains.filter((chain) => chain.person === person && !chain.closed)
  for (const chain of old) {
    chain.closed = true
    desk.journal.chains.add(chain)
  }
  const newest = old.at(-1)
  if (!newest) return
  await openChain(desk, person, {
    chain: newest.chain,
    seq: last(newest),
    hash: lastHash(newest),
    why: "restore",
  })
}
