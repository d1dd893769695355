import { expect, test } from "vitest"
import { useChoosingPin } from "../../src/state/choosingPin"

function typing(): { type: (pin: string) => string | null; choosing: ReturnType<typeof useChoosingPin> } {
  const choosing = useChoosingPin()
  return {
    choosing,
    type: (pin) => {
      for (const key of pin) choosing.typing.press(key)
      return choosing.finish()
    },
  }
}

test("a PIN that is typed twice alike is chosen", () => {
  const { type } = typing()

  expect(type("152634")).toBeNull()
  expect(type("152634")).toBe("152634")
})

test("two that differ begin anew", () => {
  const { type, choosing } = typing()
  type("152634")

  expect(type("152635")).toBeNull()
  expect(choosing.problem.value).toBe("phone.pin.differs")
  expect(choosing.step.value).toBe("first")
})

test.each(["111111", "123456", "654321", "121212", "123123", "112233"])("%s is too easy", (pin) => {
  const { type, choosing } = typing()

  expect(type(pin)).toBeNull()
  expect(choosing.problem.value).toBe("phone.pin.weak")
})

test("five keys are not enough and a thirteenth is not taken", () => {
  const { choosing } = typing()
  for (const key of "15263") choosing.typing.press(key)
  expect(choosing.typing.canFinish.value).toBe(false)
  for (const key of "41526341") choosing.typing.press(key)

  expect(choosing.typing.typed.value).toBe("152634152634")
})
