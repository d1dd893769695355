/**
 * The plate at a place: what its QR picture says and the digits that are typed instead. Proves that somebody stood
 * before the plate or a copy of it, and no more; there is no secret in it, so it is judged with no network.
 */

/** What the text of every plate begins with. */
const MARK = "QS1"
const CHECK_DIGITS = 6

export interface PlatedPlace {
  readonly id: string
  readonly code: string | null
}

type Hash = (data: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer>>

/** The six digits under the picture of this place's plate. */
export async function checkOf(place: string, code: string, sha256: Hash): Promise<string> {
  const digest = await sha256(new TextEncoder().encode(`plate|${place}|${code}`))
  const first = new DataView(digest.buffer, digest.byteOffset).getBigUint64(0)
  return String(first % BigInt(10 ** CHECK_DIGITS)).padStart(CHECK_DIGITS, "0")
}

/** The place whose plate says this: the whole text of the picture, or the six digits alone; null for any other. */
export async function placeOfPlate<P extends PlatedPlace>(
  said: string,
  places: readonly P[],
  sha256: Hash,
): Promise<P | null> {
  const scanned = readPicture(said.trim())
  const digits = scanned?.check ?? said.replaceAll(/\s/g, "")
  for (const place of places) {
    if (place.code === null || (scanned !== null && scanned.place !== place.id)) continue
    if ((await checkOf(place.id, place.code, sha256)) === digits) return place
  }
  return null
}

function readPicture(text: string): { place: string; check: string } | null {
  const [mark, place, check] = text.split(".")
  return mark === MARK && place !== undefined && check !== undefined ? { place, check } : null
}
