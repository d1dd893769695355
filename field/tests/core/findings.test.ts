import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { changed, lacksOf, severitySaid, withPhrase, type FindingForm } from "../../src/core/findings/form"

const form: FindingForm = {
  text: "探头未按规定吊挂",
  severity: "general",
  place: "p1",
  deadline: "2026-11-30",
  measures: "",
  responsible: "",
}

describe("a finding's form", () => {
  it("suspects a major hazard and never says more", () => {
    expect(severitySaid("may_be_major")).toBe("suspected_major")
    expect(severitySaid("serious_violation")).toBe("serious_violation")
    expect(severitySaid("general")).toBe("general")
  })

  it("wants words, and no day that is over", () => {
    expect(lacksOf(form, "2026-11-23")).toEqual([])
    expect(lacksOf(form, "2026-11-30")).toEqual([])
    expect(lacksOf(form, "2026-12-01")).toEqual(["deadline_past"])
    expect(lacksOf({ ...form, text: " \n" }, "2026-11-23")).toEqual(["text_missing"])
    expect(lacksOf({ ...form, text: "长".repeat(4001) }, "2026-11-23")).toEqual(["text_too_long"])
  })

  it("names only what changed", () => {
    expect(changed(form, {})).toEqual({
      text: "探头未按规定吊挂",
      severity: "general",
      place: "p1",
      deadline: "2026-11-30",
    })
    const standing = { text: form.text, severity: form.severity, place: form.place, deadline: form.deadline }
    expect(changed(form, standing)).toEqual({})
    expect(changed({ ...form, text: `${form.text} ` }, standing)).toEqual({})
    expect(changed({ ...form, measures: "立即重新吊挂" }, standing)).toEqual({ measures: "立即重新吊挂" })
  })

  it("takes a phrase in once, and loses nothing of what was typed", () => {
    expect(withPhrase("", "损坏")).toBe("损坏")
    expect(withPhrase("风筒破口", "损坏")).toBe("风筒破口；损坏")
    expect(withPhrase("风筒破口。", "损坏")).toBe("风筒破口。损坏")
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, words) => {
        const phrase = `${words.trim()}损坏`
        const once = withPhrase(text, phrase)
        expect(once.startsWith(text.trimEnd())).toBe(true)
        expect(withPhrase(once, phrase)).toBe(once)
      }),
    )
  })
})
