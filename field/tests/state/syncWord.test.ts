import { expect, test } from "vitest"
import type { SyncCounts, SyncStatus } from "../../src/state/sending"
import { syncWord } from "../../src/state/syncWord"

const NOTHING: SyncCounts = {
  saved: 0,
  received: 0,
  photosSaved: 0,
  photosReceived: 0,
  setAside: 0,
  carried: 0,
  clockOff: null,
}
const REST: SyncStatus = { at: "rest", heard: 1 }

function word(counts: Partial<SyncCounts>, sync: SyncStatus = REST): string {
  return syncWord({ sync, counts: { ...NOTHING, ...counts } }).word
}

test("work that only this phone has is never called received", () => {
  expect(word({ saved: 2, photosSaved: 1, received: 90 })).toBe("已存本机 · 3 项待传")
  expect(word({ photosSaved: 1, received: 90 })).toBe("已存本机 · 1 项待传")
  expect(word({ carried: 1, received: 90 })).toBe("已存本机 · 1 项待传")
})

test("all received is said only of something", () => {
  expect(word({ received: 1 })).toBe("县里已全部收到")
  expect(word({})).toBe("没有待传的记录")
})

test("what the county did not take comes before what it lacks", () => {
  expect(word({ saved: 5, setAside: 2 })).toBe("有 2 项县里未采用")
})

test("a withdrawn phone says what it has to hand in", () => {
  expect(word({ saved: 4 }, { at: "revoked", unsent: 4 })).toBe("手机已停用 · 4 项待交")
})
