/** Signing keys: the phone's own, and one a chain, each wrapped for its person and usable only while they are open. */

import { base64url, type Bytes } from "../core/sync/text"
import type { Keys } from "../core/sync/surroundings"
import { write, type Database } from "./database"
import { CannotOpen } from "./sealing"
import type { Vault } from "./vault"
import { ECDSA } from "./webCrypto"

export class Signers implements Keys {
  private readonly database: Database
  private readonly vault: Vault
  private readonly ready = new Map<string, { owner: string; key: CryptoKey }>()

  constructor(database: Database, vault: Vault) {
    this.database = database
    this.vault = vault
  }

  isOpen(owner: string): boolean {
    return owner === "" || this.vault.person === owner
  }

  /** A new key, stored before anything is signed with it. One that no chain comes to use does no harm. */
  async create(name: string, owner: string): Promise<string> {
    const { subtle } = crypto
    const pair = await subtle.generateKey(ECDSA, owner !== "", ["sign", "verify"])
    await (owner === ""
      ? this.keepOwn(name, pair.privateKey)
      : this.keepWrapped(name, owner, pair.privateKey))
    return base64url(new Uint8Array(await subtle.exportKey("spki", pair.publicKey)))
  }

  async sign(name: string, data: Bytes): Promise<string | null> {
    const key = await this.find(name)
    return key === null ? null : base64url(new Uint8Array(await crypto.subtle.sign(ECDSA, key, data)))
  }

  /** Forget keys in memory of whoever is not open. */
  lock(): void {
    for (const [name, { owner }] of this.ready) if (!this.isOpen(owner)) this.ready.delete(name)
  }

  private async find(name: string): Promise<CryptoKey | null> {
    const ready = this.ready.get(name)
    if (ready) return this.isOpen(ready.owner) ? ready.key : null
    const own = await this.database.get("keys", name)
    if (own) return this.remember(name, "", own)
    const stored = await this.database.get("signers", name)
    if (!stored || !this.isOpen(stored.owner)) return null
    try {
      const bytes = await this.vault.ownSeal(stored.owner).openBytes(`signers/${name}`, stored.wrapped)
      return this.remember(name, stored.owner, await importKey(bytes))
    } catch (error) {
      // Wrapped under a PIN that was reset since: that key is gone, its chain ends, its work stands signed.
      if (error instanceof CannotOpen) return null
      throw error
    }
  }

  private remember(name: string, owner: string, key: CryptoKey): CryptoKey {
    this.ready.set(name, { owner, key })
    return key
  }

  private async keepOwn(name: string, key: CryptoKey): Promise<void> {
    await write(this.database, [{ store: "keys", key: name, value: key }])
    this.remember(name, "", key)
  }

  private async keepWrapped(name: string, owner: string, key: CryptoKey): Promise<void> {
    const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", key))
    const wrapped = await this.vault.ownSeal(owner).sealBytes(`signers/${name}`, bytes)
    await write(this.database, [{ store: "signers", key: name, value: { owner, wrapped } }])
    this.remember(name, owner, await importKey(bytes))
  }
}

function importKey(bytes: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", bytes, ECDSA, false, ["sign"])
}
