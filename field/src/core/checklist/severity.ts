/** Legal texts have dates: what a failure may amount to on a day, and under which links. Reads no clock. */

import type { Item, Link, Standard } from "./definition"

export type SeverityWord = "general" | "may_be_major" | "serious_violation"

type Standards = Readonly<Record<string, Standard>>

/** Both the first and the last day count. */
export function inForce({ from, until }: Standard, on: string): boolean {
  return from <= on && (until === undefined || on <= until)
}

export function linksInForce(links: readonly Link[], standards: Standards, on: string): Link[] {
  return links.filter(({ standard }) => {
    const text = standards[standard]
    return text !== undefined && inForce(text, on)
  })
}

/**
 * What a failure of the item may amount to on that day, and the links that say so. A suspicion only: whether it is a major
 * hazard is decided by a supervisor, never by a checklist.
 */
export function severityOn(
  item: Item,
  standards: Standards,
  on: string,
): { severity: SeverityWord; links: Link[] } {
  if (item.severity?.serious_violation) return { severity: "serious_violation", links: [] }
  const links = linksInForce(item.severity?.may_be_major ?? [], standards, on)
  return { severity: links.length > 0 ? "may_be_major" : "general", links }
}
