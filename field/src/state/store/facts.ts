/** What `prepare` fetched, read into memory while somebody is open, and forgotten when they lock. */

import type { Context } from "./context"

interface Kept {
  readonly at: number
  readonly content: unknown
}

export async function loadFacts(context: Context): Promise<void> {
  const { records } = context.need()
  forgetFacts(context)
  for (const name of await records.sharedNames()) {
    // Photos to look at are read when somebody looks.
    if (name.startsWith("photo/")) continue
    const kept = (await records.readShared(name)) as Kept | null
    if (kept) note(context, name, kept)
  }
  context.versions.changed("facts")
}

export function forgetFacts({ known, versions }: Context): void {
  known.facts.clear()
  known.editions.clear()
  versions.changed("facts")
}

export async function keepFact(context: Context, name: string, content: unknown): Promise<void> {
  const kept = { at: context.now(), content }
  await context.need().records.keepShared(name, kept)
  note(context, name, kept)
  context.versions.changed("facts")
}

function note({ known }: Context, name: string, kept: Kept): void {
  if (name.startsWith("edition/")) known.editions.set(name.slice("edition/".length), kept.content)
  else known.facts.set(name, kept)
}
