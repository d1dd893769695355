/** What things are called on screens that look across visits: items, places, people, registers. */

import { editionOf } from "./editions"
import { usePhone, type PhoneReads } from "./phone"

export interface Naming {
  readonly person: (person: string) => string
  /** An item's title and its place, of a register answer/<item>/<place>. */
  readonly pair: (visit: string, about: string) => string
  /** The visit's mine and date. */
  readonly visit: (visit: string) => string
  /** What an operation or a photo is about, in words; "" for the visit itself. */
  readonly about: (visit: string, about: string) => string
}

export function useNaming(): Naming {
  return namingOf(usePhone())
}

type Reads = Pick<PhoneReads, "members" | "people" | "visit" | "mine" | "edition" | "finding">

export function namingOf(phone: Reads): Naming {
  const pair = (visit: string, about: string): string => {
    const facts = phone.visit(visit)
    const [, item = "", place = "-"] = about.split("/")
    if (!facts) return item
    const title = editionOf(phone, facts.edition)?.items.get(item)?.title ?? item
    const where = phone.mine(facts.mine)?.places.find((one) => one.id === place)
    return where ? `${title} · ${where.name}` : title
  }
  const finding = (about: string): string => {
    const found = phone.finding(about.split("/")[1] ?? "")
    return found?.fields.text?.heads[0]?.value ?? ""
  }
  return {
    pair,
    person: (person) =>
      phone.members().find((one) => one.person === person)?.name ??
      phone.people.find((one) => one.id === person)?.name ??
      person,
    visit: (visit) => {
      const facts = phone.visit(visit)
      return facts ? `${phone.mine(facts.mine)?.name ?? facts.mine} ${facts.date}` : ""
    },
    about: (visit, about) => {
      if (about.startsWith("answer/")) return pair(visit, about)
      return about.startsWith("finding/") ? finding(about) : ""
    },
  }
}
