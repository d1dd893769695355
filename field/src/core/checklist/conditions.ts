/**
 * Evaluating a condition against what is known of a mine, in three values: true, false, unknown (null).
 *
 * Unknown never hides an item: only a condition that is plainly false does. Never throws for a wrong attribute value: a
 * value outside the vocabulary is simply not known.
 */

import { readDecimal, typed, type Decimal } from "./decimals"
import type { Attribute, Condition } from "./definition"

export type Truth = boolean | null
type Value = string | boolean | Decimal
export type Known = ReadonlyMap<string, Value>

/** A single test of a condition and how it came out. */
export interface Tested {
  readonly test: Condition
  readonly truth: Truth
}

const COMPARE: Readonly<Record<string, (left: Decimal, right: Decimal) => boolean>> = {
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
}

/** Of the recorded values those that the vocabulary understands; the rest counts as unknown. */
export function known(
  values: Readonly<Record<string, unknown>>,
  attributes: Readonly<Record<string, Attribute>>,
): Known {
  const found = new Map<string, Value>()
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = Object.hasOwn(values, name) ? understood(values[name], attribute) : null
    if (value !== null) found.set(name, value)
  }
  return found
}

/** The value as conditions compare it, or null if the attribute cannot have it. */
function understood(value: unknown, attribute: Attribute): Value | null {
  if (attribute.type === "bool") return typeof value === "boolean" ? value : null
  if (attribute.type === "enum") {
    return typeof value === "string" && (attribute.values ?? []).includes(value) ? value : null
  }
  const text = typed(value)
  return text === null ? null : readDecimal(text)
}

/** Kleene's logic: `and` is its worst part, `or` its best, in the order false, unknown, true. */
export function truth(condition: Condition, about: Known): Truth {
  const [head, ...parts] = condition
  if (head === "and") return worst((parts as Condition[]).map((part) => truth(part, about)))
  if (head === "or") return negated(worst((parts as Condition[]).map((part) => negated(truth(part, about)))))
  if (head === "not") return negated(truth(parts[0] as Condition, about))
  return outcomeOf(condition, about)
}

function outcomeOf(test: Condition, about: Known): Truth {
  const [head, name, operand] = test
  const value = about.get(name as string)
  if (value === undefined) return null
  if (head === "true") return value === true
  if (head === "in") return (operand as readonly unknown[]).includes(value)
  const bound = readDecimal(operand as string)
  const compare = COMPARE[head]
  return compare !== undefined && bound !== null && typeof value === "bigint" ? compare(value, bound) : null
}

function worst(parts: readonly Truth[]): Truth {
  if (parts.includes(false)) return false
  return parts.includes(null) ? null : true
}

function negated(value: Truth): Truth {
  return value === null ? null : !value
}

/** The single tests that made the condition come out as it did: the reason to show a person. */
export function decisive(condition: Condition, about: Known): readonly Tested[] {
  const [head, ...parts] = condition
  if (head === "not") return decisive(parts[0] as Condition, about)
  if (head !== "and" && head !== "or") return [{ test: condition, truth: outcomeOf(condition, about) }]
  const whole = truth(condition, about)
  return (parts as Condition[])
    .filter((part) => truth(part, about) === whole)
    .flatMap((part) => decisive(part, about))
}
