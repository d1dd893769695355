// The phone's sentences, by code. An unknown code or a forgotten fact is a type error; nothing is said from elsewhere.
import { sentences } from "../generated/sentences"

export type Code = keyof typeof sentences

/** The names between braces in a sentence. */
type Names<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never

type Facts<C extends Code> = Record<Names<(typeof sentences)[C]>, string | number>

/** The sentence for `code`, its braces filled in. */
export function t<C extends Code>(code: C, ...facts: keyof Facts<C> extends never ? [] : [Facts<C>]): string {
  return fill(sentences[code], facts[0] ?? {})
}

/** The sentence for a code that came from elsewhere, or the one for codes that nobody knows. */
export function tell(code: string, facts: Record<string, string | number> = {}): string {
  const known = Object.hasOwn(sentences, code) ? sentences[code as Code] : undefined
  return known === undefined ? t("phone.unknown_code", { code }) : fill(known, facts)
}

/** A fact that is missing leaves a dash: a sentence with a gap is better than none. */
function fill(sentence: string, facts: Record<string, string | number>): string {
  return sentence.replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => String(facts[name] ?? "—"))
}
