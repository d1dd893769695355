/** The phone in a browser: its clock, its timers, its lock, and what wakes it. */

import { browserClock } from "../../device/clock"
import { DATABASE } from "../../storage/ahead"
import type { Database } from "../../storage/database"
import { holdPhone } from "../../sync/lock"
import { sendTo } from "../../sync/transport"
import { listen } from "../../sync/triggers"
import type { PhoneStore } from "../phone"
import { openPhone } from "./open"

/** The store is there at once; `life` says when the phone behind it is. `app` is the version that operations name. */
export function openBrowserPhone(app: string, ahead: Promise<Database | null>): PhoneStore {
  const opened = openPhone({
    database: DATABASE,
    ahead,
    app,
    send: sendTo(""),
    clock: browserClock(),
    around: {
      now: () => Date.now(),
      mono: () => performance.now(),
      random: () => Math.random(),
      after: (ms, act) => {
        const timer = setTimeout(act, ms)
        return () => clearTimeout(timer)
      },
    },
    hold: holdPhone,
  })
  const listening = opened.ready.then(() => listen((why) => opened.context.need().engine.wake(why)))
  // A phone that cannot be opened says so in `life`; the screen tells what to do.
  listening.catch(() => undefined)
  return opened.store
}
