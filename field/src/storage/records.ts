/** Named contents: of the phone, of those who read on it, and a person's own drafts. Each under its own key. */

import { write, type Database } from "./database"
import { CannotOpen } from "./sealing"
import { Locked, type Vault } from "./vault"

export class Records {
  private readonly database: Database
  private readonly vault: Vault

  constructor(database: Database, vault: Vault) {
    this.database = database
    this.vault = vault
  }

  /** What the phone itself has to know while locked; null if there is none. */
  async read(name: string): Promise<unknown> {
    const sealed = await this.database.get("records", name)
    return sealed ? this.vault.phone.open(name, sealed) : null
  }

  async keep(name: string, content: unknown): Promise<void> {
    await write(this.database, [
      { store: "records", key: name, value: await this.vault.phone.seal(name, content) },
    ])
  }

  /** Facts that the people of this phone read; null for what is under a key that is gone, too. Throws Locked. */
  async readShared(name: string): Promise<unknown> {
    const sealed = await this.database.get("shared", name)
    return sealed ? opened(this.reading().open(`shared/${name}`, sealed)) : null
  }

  async keepShared(name: string, content: unknown): Promise<void> {
    const value = await this.reading().seal(`shared/${name}`, content)
    await write(this.database, [{ store: "shared", key: name, value }])
  }

  sharedNames(): Promise<string[]> {
    return this.database.getAllKeys("shared")
  }

  async dropShared(names: readonly string[]): Promise<void> {
    await write(
      this.database,
      [],
      names.map((name) => ({ store: "shared", range: IDBKeyRange.only(name) })),
    )
  }

  async readDraft(person: string, name: string): Promise<unknown> {
    const sealed = await this.database.get("drafts", [person, name])
    return sealed ? opened(this.vault.ownSeal(person).open(`drafts/${person}/${name}`, sealed)) : null
  }

  async keepDraft(person: string, name: string, content: unknown): Promise<void> {
    const value = await this.vault.ownSeal(person).seal(`drafts/${person}/${name}`, content)
    await write(this.database, [{ store: "drafts", key: [person, name], value }])
  }

  async dropDraft(person: string, name: string): Promise<void> {
    await write(this.database, [], [{ store: "drafts", range: IDBKeyRange.only([person, name]) }])
  }

  private reading(): NonNullable<Vault["rows"]> {
    if (!this.vault.rows) throw new Locked("shared")
    return this.vault.rows
  }
}

/** What is under a key that went with an old PIN is no more. */
async function opened(opening: Promise<unknown>): Promise<unknown> {
  try {
    return await opening
  } catch (error) {
    if (error instanceof CannotOpen) return null
    throw error
  }
}
