/** Reads unknown JSON into values of a known shape, in the field order of the wire. Never coerces, never guesses. */

export class NotOfShape extends Error {
  override readonly name = "NotOfShape"
}

export type Read<T> = (given: unknown) => T

interface Field<T> {
  readonly read: Read<T>
  /** JSON of the value that is left out on the wire; null for a field that has to be there. */
  readonly omitted: string | null
}

type Fields<T> = { readonly [K in keyof T]-?: Field<Exclude<T[K], undefined>> }

function refuse(what: string): never {
  throw new NotOfShape(what)
}

export function need<T>(read: Read<T>): Field<T> {
  return { read, omitted: null }
}

/** A field that may be missing or null; `fallback` is what its absence means. */
export function may<T>(read: Read<T>, fallback: T | null = null): Field<T> {
  return { read, omitted: JSON.stringify(fallback) }
}

/** An object with these fields; unknown ones are dropped, as an older server ignores what a newer phone says. */
export function record<T extends object>(fields: Fields<T>): Read<T> {
  const known = Object.entries<Field<unknown>>(fields)
  return (given) => {
    const source = object(given)
    const found: Record<string, unknown> = {}
    for (const [name, field] of known) {
      const value = source[name] ?? undefined
      if (value === undefined) {
        if (field.omitted === null) refuse(`${name} is missing`)
        continue
      }
      const content = field.read(value)
      if (field.omitted === null || JSON.stringify(content) !== field.omitted) found[name] = content
    }
    return found as T
  }
}

export function object(given: unknown): Record<string, unknown> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) refuse("an object")
  return given as Record<string, unknown>
}

export function list<T>(read: Read<T>, longest = Number.MAX_SAFE_INTEGER): Read<T[]> {
  return (given) => {
    if (!Array.isArray(given) || given.length > longest) refuse("a list")
    return given.map(read)
  }
}

export function dictionary<T>(read: Read<T>): Read<Record<string, T>> {
  return (given) =>
    Object.fromEntries(Object.entries(object(given)).map(([name, value]) => [name, read(value)]))
}

const ALONE = /\p{Surrogate}/u

/** Text of at most `longest` characters (code points) that UTF-8 and a database can hold: no NUL, no half character. */
export function text(longest: number, shortest = 0, pattern?: RegExp): Read<string> {
  return (given) => {
    if (typeof given !== "string" || given.includes("\0") || ALONE.test(given)) refuse("a text")
    const characters = Array.from(given).length
    if (characters < shortest || characters > longest) refuse("the length of a text")
    if (pattern && !pattern.test(given)) refuse("the form of a text")
    return given
  }
}

export function oneOf<const T extends string>(...names: readonly T[]): Read<T> {
  return (given) => names.find((name) => name === given) ?? refuse(names.join(" | "))
}

export function integer(least = -(2 ** 53), most = 2 ** 53): Read<number> {
  return (given) => {
    if (typeof given !== "number" || !Number.isInteger(given) || given < least || given > most)
      refuse("an integer")
    return given
  }
}

export function number(given: unknown): number {
  if (typeof given !== "number" || !Number.isFinite(given)) refuse("a number")
  return given
}

export function flag(given: unknown): boolean {
  if (typeof given !== "boolean") refuse("true or false")
  return given
}

export function anything(given: unknown): unknown {
  return given
}

/** The first of several shapes that fits. */
export function either<T>(...shapes: readonly Read<T>[]): Read<T> {
  return (given) => {
    for (const shape of shapes) {
      try {
        return shape(given)
      } catch (error) {
        if (!(error instanceof NotOfShape)) throw error
      }
    }
    return refuse("none of several shapes")
  }
}
