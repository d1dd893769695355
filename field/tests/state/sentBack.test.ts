import { describe, expect, it } from "vitest"
import type { PhoneReads, Said } from "../../src/state/phone"
import { sentBackOf } from "../../src/state/sentBack"

/** A phone that shows these values of a visit's status and nothing else. */
function phoneWith(...values: readonly Record<string, string>[]): PhoneReads {
  const heads: Said<unknown>[] = values.map((value, number) => ({
    ...{ uid: `u${number}`, person: "office", device: "office", at: 7, isUnsent: false },
    value,
  }))
  return { register: () => ({ heads, disputed: heads.length > 1 }) } as unknown as PhoneReads
}

describe("a visit that was sent back", () => {
  it("tells the reason as long as it is the last word", () => {
    expect(sentBackOf(phoneWith({ status: "open", reason: "请补拍" }), "v")?.value.reason).toBe("请补拍")
  })

  it("tells nothing once somebody handed it in again", () => {
    expect(sentBackOf(phoneWith({ status: "submitted" }), "v")).toBeNull()
    const apart = phoneWith({ status: "open", reason: "请补拍" }, { status: "submitted" })
    expect(sentBackOf(apart, "v")).toBeNull()
  })

  it("tells nothing of a visit that nobody handed in or sent back", () => {
    expect(sentBackOf(phoneWith(), "v")).toBeNull()
  })
})
