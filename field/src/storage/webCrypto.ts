/** Hashing and signatures by Web Crypto, as the core's ports want them. */

import type { Hashing } from "../core/sync/surroundings"
import { fromBase64url, type Bytes } from "../core/sync/text"

export const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const

async function verify(alg: string, key: string, data: Bytes, signature: string): Promise<boolean> {
  if (alg !== "ES256") return false
  try {
    const { subtle } = crypto
    const known = await subtle.importKey("spki", fromBase64url(key), ECDSA, false, ["verify"])
    return await subtle.verify(ECDSA, known, fromBase64url(signature), data)
  } catch {
    // What cannot be read as a key or a signature is no signature.
    return false
  }
}

export const webHashing: Hashing = {
  sha256: async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data)),
  verify,
}
