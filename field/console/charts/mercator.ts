// The projection of web maps, and which of a tile server's pictures lie under a part of the map. Pure.

export interface Bounds {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

export interface Tile extends Bounds {
  readonly z: number
  readonly x: number
  readonly y: number
}

const LIMIT = 85.0511
export const TILE_PX = 256
const DEEPEST = 18

/** Longitude and latitude in degrees → degrees east and stretched degrees north. */
export function project([lon, lat]: readonly number[]): [number, number] {
  const held = Math.max(-LIMIT, Math.min(LIMIT, lat ?? 0))
  const north = Math.log(Math.tan(Math.PI / 4 + (held * Math.PI) / 360))
  return [lon ?? 0, (-north * 180) / Math.PI]
}

/** The way back from `project`. */
export function unproject([x, y]: readonly number[]): [number, number] {
  const north = (-(y ?? 0) * Math.PI) / 180
  return [x ?? 0, (Math.atan(Math.sinh(north)) * 180) / Math.PI]
}

/** The tiles under a part of the map that is shown `width` pixels wide, at the depth at which they look their size. */
export function tilesUnder(shown: Bounds, width: number): Tile[] {
  const z = depth(shown, width)
  const [left, top] = cell(shown.west, shown.north, z)
  const [right, bottom] = cell(shown.east, shown.south, z)
  const found: Tile[] = []
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) found.push({ z, x, y, ...boundsOf(z, x, y) })
  }
  return found
}

/** The address of a tile. */
export function tileAddress(pattern: string, tile: Tile): string {
  return pattern.replace("{z}", String(tile.z)).replace("{x}", String(tile.x)).replace("{y}", String(tile.y))
}

function depth(shown: Bounds, width: number): number {
  const tiles = (width / TILE_PX) * (360 / Math.max(1e-6, shown.east - shown.west))
  return Math.max(0, Math.min(DEEPEST, Math.round(Math.log2(tiles))))
}

function cell(lon: number, lat: number, z: number): [number, number] {
  const count = 2 ** z
  const [x, y] = project([lon, lat])
  const held = (place: number): number => Math.max(0, Math.min(count - 1, Math.floor(place)))
  return [held(((x + 180) / 360) * count), held(((y + 180) / 360) * count)]
}

function boundsOf(z: number, x: number, y: number): Bounds {
  const step = 360 / 2 ** z
  const [west, north] = unproject([x * step - 180, y * step - 180])
  const [east, south] = unproject([(x + 1) * step - 180, (y + 1) * step - 180])
  return { west, south, east, north }
}
