/** Other phones' bundles on their way to the county, under this phone's key. */

import type { Bytes } from "../core/sync/text"
import { write, type Database } from "./database"
import type { Vault } from "./vault"

export class CarriedStorage {
  private readonly database: Database
  private readonly vault: Vault

  constructor(database: Database, vault: Vault) {
    this.database = database
    this.vault = vault
  }

  names(): Promise<string[]> {
    return this.database.getAllKeys("carried")
  }

  /** Keep a bundle's content (not compressed), named by its digest, so that the same file is kept once. */
  async keep(name: string, content: Bytes): Promise<void> {
    const value = await this.vault.phone.sealBytes(`carried/${name}`, content)
    await write(this.database, [{ store: "carried", key: name, value }])
  }

  async read(name: string): Promise<Bytes | null> {
    const sealed = await this.database.get("carried", name)
    return sealed ? this.vault.phone.openBytes(`carried/${name}`, sealed) : null
  }

  async drop(name: string): Promise<void> {
    await write(this.database, [], [{ store: "carried", range: IDBKeyRange.only(name) }])
  }
}
