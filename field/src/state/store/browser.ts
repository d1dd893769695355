/** The phone in a browser: its clock, its timers, its lock, and what wakes it. */

import { browserClock } from "../../device/clock"
import { holdPhone } from "../../sync/lock"
import { sendTo } from "../../sync/transport"
import { listen } from "../../sync/triggers"
import { openPhone, type Opened } from "./open"

/** `app` is the version that operations name. */
export function browserPhone(app: string): Opened {
  const opened = openPhone({
    database: "qianshao",
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
  void opened.ready.then(() => listen((why) => opened.context.need().engine.wake(why)))
  return opened
}
