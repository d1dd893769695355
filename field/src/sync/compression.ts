/** Gzip as streams of the browser give it. */

import type { Bytes } from "../core/sync/text"

export function gzip(bytes: Bytes): Promise<Bytes> {
  return through(bytes, new CompressionStream("gzip"))
}

/** Undo `gzip`; rejects where the bytes are none, or unpack to more than `most`. */
export async function gunzip(bytes: Bytes, most: number): Promise<Bytes> {
  return through(bytes, new DecompressionStream("gzip"), most)
}

async function through(
  bytes: Bytes,
  stream: ReadableWritablePair<Uint8Array, BufferSource>,
  most = Infinity,
): Promise<Bytes> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader()
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    size += piece.value.length
    if (size > most) {
      await reader.cancel()
      throw new RangeError("too large when unpacked")
    }
    pieces.push(new Uint8Array(piece.value))
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}
