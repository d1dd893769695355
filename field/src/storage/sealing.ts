/** Authenticated encryption of what is stored. A sealed value opens only under the label it was sealed for. */

import { fromUtf8, utf8, type Bytes } from "../core/sync/text"

export interface Sealed {
  readonly iv: Bytes
  readonly data: ArrayBuffer
}

const AES = "AES-GCM"

/** A value did not open: another key, another place, or other bytes. */
export class CannotOpen extends Error {
  override readonly name = "CannotOpen"
}

export class Seal {
  private readonly key: CryptoKey

  constructor(key: CryptoKey) {
    this.key = key
  }

  static async from(raw: Bytes): Promise<Seal> {
    return new Seal(await crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]))
  }

  async sealBytes(label: string, bytes: BufferSource): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const additionalData = utf8(label)
    return { iv, data: await crypto.subtle.encrypt({ name: AES, iv, additionalData }, this.key, bytes) }
  }

  /** Throws CannotOpen. */
  async openBytes(label: string, { iv, data }: Sealed): Promise<Bytes> {
    try {
      const parameters = { name: AES, iv, additionalData: utf8(label) }
      return new Uint8Array(await crypto.subtle.decrypt(parameters, this.key, data))
    } catch (error) {
      throw new CannotOpen(label, { cause: error })
    }
  }

  seal(label: string, content: unknown): Promise<Sealed> {
    return this.sealBytes(label, utf8(JSON.stringify(content)))
  }

  /** The content as it was sealed. Throws CannotOpen. */
  async open(label: string, sealed: Sealed): Promise<unknown> {
    return JSON.parse(fromUtf8(await this.openBytes(label, sealed))) as unknown
  }
}
