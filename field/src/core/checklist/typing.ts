/**
 * What stands in the field while a person presses the keys of the number pad: the text after each key, and what a day's
 * digits spell. Judges nothing.
 */

export type PadKey = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "." | "-" | "erase" | "clear"

/** What may be typed: a decimal, a whole number, or the eight digits of a day. */
export type PadKind = "decimal" | "whole" | "day"

const DIGITS = 9

/** The text after a key. A key that would make no number is not taken. */
export function press(text: string, key: PadKey, kind: PadKind): string {
  if (key === "clear") return ""
  if (key === "erase") return text.slice(0, -1)
  if (key === "-" || key === ".") return kind === "decimal" ? withSign(text, key) : text
  if (kind === "day") return text.length < 8 ? text + key : text
  return withDigit(text, key)
}

function withSign(text: string, key: "-" | "."): string {
  if (key === "-") return negated(text)
  return text.includes(".") ? text : `${whole(text)}.`
}

function withDigit(text: string, digit: string): string {
  if (text === "0" || text === "-0") return text.slice(0, -1) + digit
  const [, run = ""] = /([0-9]*)$/.exec(text) ?? []
  return run.length < DIGITS ? text + digit : text
}

function negated(text: string): string {
  return text.startsWith("-") ? text.slice(1) : `-${text}`
}

function whole(text: string): string {
  return text === "" || text === "-" ? `${text}0` : text
}

/** The number as an answer carries it: a point that nothing follows is not typed. */
export function finished(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text
}

/** The day that eight digits spell, as YYYY-MM-DD; what is missing stays out. */
export function dayTyped(digits: string): string {
  return [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)].filter((part) => part !== "").join("-")
}
