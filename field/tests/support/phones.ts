/** A phone as the app puts it together, over a database in memory and a county behind a port. */

import "fake-indexeddb/auto"
import { openPhone, type Opened } from "../../src/state/store/open"
import { sendTo } from "../../src/sync/transport"
import type { Wake } from "../../src/sync/engine"
import type { PhoneStore } from "../../src/state/phone"
import type { ServedCounty } from "./county"

export interface TestPhone extends Opened {
  readonly store: PhoneStore
  readonly database: string
  /** ms that are added to the wall clock. */
  clock: { off: number }
  /** What the engine would do later; nothing runs by itself. */
  later: { ms: number; act: () => void }[]
  wake(why: Wake): void
}

let number = 0

export function newName(): string {
  number += 1
  return `phone-${number}`
}

/** Open (again) the phone whose data is `database`. */
export async function openTestPhone(county: ServedCounty, database = newName()): Promise<TestPhone> {
  const clock = { off: 0 }
  const later: TestPhone["later"] = []
  let mono = 1000
  const opened = openPhone({
    database,
    app: "1.0-test",
    send: sendTo(county.origin),
    clock: { read: () => [Date.now() + clock.off, (mono += 1), "c1"] },
    around: {
      now: () => Date.now() + clock.off,
      mono: () => performance.now(),
      random: () => 0.5,
      after: (ms, act) => {
        later.splice(0, later.length, { ms, act })
        return () => later.splice(0)
      },
    },
    hold: () => Promise.resolve(),
    rounds: 1000,
  })
  await opened.ready
  const wake = (why: Wake): void => opened.context.need().engine.wake(why)
  return { ...opened, database, clock, later, wake }
}

export const PIN = "493817"

/** Enrolled, confirmed, with a person whose work is open. */
export async function readyPhone(county: ServedCounty, person: string): Promise<TestPhone> {
  const phone = await openTestPhone(county)
  const enrolled = await phone.store.enrol(county.address, "一号手机")
  if (!enrolled.done) throw new Error(enrolled.why)
  if (!(await phone.store.askConfirmed())) throw new Error("not confirmed")
  await phone.store.addPerson({ id: person, name: `组员${person}`, pin: PIN })
  return phone
}

export const ENTERING = { mine: "mine1", kind: "round", date: "2026-11-23", edition: "ed1" } as const
