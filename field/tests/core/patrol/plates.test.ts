import { describe, expect, it } from "vitest"

import { checkOf, placeOfPlate } from "../../../src/core/patrol/plates"

const sha256 = async (data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", data))

const face = { id: "AAAAAAAAAAAAAAAAAAAAAA", code: "SL-01-01" }
const mouth = { id: "place-2", code: "主井口" }
const unnamed = { id: "place-3", code: null }
const places = [unnamed, face, mouth]

describe("a place's plate", () => {
  it.each([
    [face.id, face.code, "746217"],
    [mouth.id, mouth.code, "214602"],
    ["x", "", "456795"],
  ])("has the digits that the county prints: %s %s", async (place, code, check) => {
    expect(await checkOf(place, code, sha256)).toBe(check)
  })

  it("is known by its picture and by its digits, however they are typed", async () => {
    expect(await placeOfPlate(`QS1.${face.id}.746217`, places, sha256)).toBe(face)
    expect(await placeOfPlate(" 214 602 ", places, sha256)).toBe(mouth)
  })

  it("is unknown with another place's digits, with an old code and without any", async () => {
    expect(await placeOfPlate(`QS1.${face.id}.214602`, places, sha256)).toBeNull()
    expect(await placeOfPlate(`QS1.${face.id}.746217`, [{ ...face, code: "SL-01-02" }], sha256)).toBeNull()
    expect(await placeOfPlate("https://example.org/746217", places, sha256)).toBeNull()
    expect(await placeOfPlate("", places, sha256)).toBeNull()
  })
})
