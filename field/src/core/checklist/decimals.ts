/**
 * Numbers as people write them: exact decimals, the same here and on the server. Never a binary fraction.
 */

/** An exact decimal as a whole number of 10⁻¹⁸: wide enough for any product of two that can be spelled. */
export type Decimal = bigint

const PLACES = 18
const ONE = 10n ** BigInt(PLACES)
/** At most nine digits before and nine after the point. */
const DECIMAL = /^(-?)([0-9]{1,9})(?:\.([0-9]{1,9}))?$/
const WHOLE = /^[0-9]{1,9}$/
const BEYOND = 1e9
/** Below this the shortest spelling has an exponent where the server spells it. */
const SPELLED_SMALL = 1e-4

/** The number that the text spells, or null. No exponent, no bare point, ASCII digits only. */
export function readDecimal(text: string): Decimal | null {
  const found = DECIMAL.exec(text)
  if (found === null) return null
  const [, sign, whole = "0", fraction = ""] = found
  const size = BigInt(whole + fraction.padEnd(PLACES, "0"))
  return sign === "-" ? -size : size
}

export function readWhole(text: string): Decimal | null {
  return WHOLE.test(text) ? readDecimal(text) : null
}

/** A decimal of the edition, which is known to be one. */
export function decimal(text: string): Decimal {
  const read = readDecimal(text)
  if (read === null) throw new Error(`no decimal: ${text}`)
  return read
}

export function times(left: Decimal, right: Decimal): Decimal {
  return (left * right) / ONE
}

/** What was typed: text stays as it is, a JSON number becomes its shortest spelling, anything else null. */
export function typed(value: unknown): string | null {
  if (typeof value === "string") return value
  if (typeof value !== "number") return null
  const size = Math.abs(value)
  return size < BEYOND && (size === 0 || size >= SPELLED_SMALL) ? String(value) : null
}

/** The shortest spelling without an exponent: 2.400 → 2.4, 100 → 100, -0 → 0. */
export function plain(number: Decimal): string {
  const digits = (number < 0n ? -number : number).toString().padStart(PLACES + 1, "0")
  const fraction = digits.slice(-PLACES).replace(/0+$/, "")
  const text = digits.slice(0, -PLACES) + (fraction === "" ? "" : `.${fraction}`)
  return number < 0n ? `-${text}` : text
}
