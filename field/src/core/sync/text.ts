/** Bytes as text: UTF-8, base64url without padding, base32 and hex. */

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true })

export type Bytes = Uint8Array<ArrayBuffer>

export function utf8(content: string): Bytes {
  return encoder.encode(content)
}

/** Throws TypeError where the bytes are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

export function base64(bytes: Uint8Array): string {
  let binary = ""
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}

export function base64url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

/** Undo `base64`; throws where the text is none. */
export function fromBase64(content: string): Bytes {
  return Uint8Array.from(atob(content), (one) => one.charCodeAt(0))
}

/** Undo `base64url`; throws where the text is none. */
export function fromBase64url(content: string): Bytes {
  return fromBase64(content.replaceAll("-", "+").replaceAll("_", "/"))
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"

/** The first `length` characters of lower-case base32; the bytes must suffice. */
export function base32(bytes: Uint8Array, length: number): string {
  let found = ""
  for (let n = 0; n < length; n++) {
    const at = n * 5
    const pair = ((bytes[at >> 3] ?? 0) << 8) | (bytes[(at >> 3) + 1] ?? 0)
    found += ALPHABET.charAt((pair >> (11 - (at & 7))) & 31)
  }
  return found
}
