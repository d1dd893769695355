// What lies under the points: the county's own outline, or a plain frame around the points where there is none.
import type { Bounds } from "./mercator.ts"

type Polygon =
  { type: "Polygon"; coordinates: number[][][] } | { type: "MultiPolygon"; coordinates: number[][][][] }

export interface Outline {
  readonly type: "FeatureCollection"
  readonly features: readonly {
    readonly type: "Feature"
    readonly properties: { readonly name: string }
    readonly geometry: Polygon
  }[]
}

const ROOM = 0.12
const LEAST_DEGREES = 0.05

/** The points' own extent with some room around it. */
export function boundsAround(points: readonly (readonly [number, number])[]): Bounds {
  const lons = points.map(([lon]) => lon)
  const lats = points.map(([, lat]) => lat)
  const [west, east, south, north] = [
    Math.min(...lons),
    Math.max(...lons),
    Math.min(...lats),
    Math.max(...lats),
  ]
  const wide = Math.max(LEAST_DEGREES, (east - west) * ROOM)
  const high = Math.max(LEAST_DEGREES, (north - south) * ROOM)
  return { west: west - wide, east: east + wide, south: south - high, north: north + high }
}

/** A frame around the points, as an outline. */
export function frameAround(points: readonly (readonly [number, number])[]): Outline {
  const { west, east, south, north } = boundsAround(points)
  const ring = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ]
  return {
    type: "FeatureCollection",
    features: [
      { type: "Feature", properties: { name: "" }, geometry: { type: "Polygon", coordinates: [ring] } },
    ],
  }
}

/** The county's outline from the server, or a frame where there is none or it cannot be had. */
export async function groundOf(
  address: string | null,
  points: readonly (readonly [number, number])[],
): Promise<Outline> {
  if (address === null) return frameAround(points)
  try {
    const answer = await fetch(address)
    return answer.ok ? ((await answer.json()) as Outline) : frameAround(points)
  } catch {
    return frameAround(points)
  }
}
