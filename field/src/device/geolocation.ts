/**
 * Where the phone says it is, above ground. There is no satellite fix underground: callers ask for the place there,
 * and this module is not asked at all.
 */

/** A fix as the device gave it; `accuracy` in metres, `at` in milliseconds since the epoch. */
export interface Fix {
  readonly lat: number
  readonly lon: number
  readonly accuracy: number
  readonly at: number
}

export type PositionProblem = "refused" | "no_fix" | "unsupported"

export type Position =
  { readonly found: true; readonly fix: Fix } | { readonly found: false; readonly problem: PositionProblem }

export interface Positioning {
  /** The best fix within `patience` ms; ends early once one is good to 20 m. Never throws. */
  find: (patience: number) => Promise<Position>
}

const GOOD_ENOUGH_M = 20

export const browserPositioning: Positioning = {
  find(patience) {
    if (!("geolocation" in navigator)) return Promise.resolve({ found: false, problem: "unsupported" })
    return new Promise((resolve) => {
      watch(patience, resolve)
    })
  },
}

/** Watch for as long as it takes and no longer: nobody is followed. */
function watch(patience: number, resolve: (position: Position) => void): void {
  let best: Fix | undefined
  let problem: PositionProblem = "no_fix"
  const end = (): void => {
    navigator.geolocation.clearWatch(id)
    clearTimeout(timer)
    resolve(best ? { found: true, fix: best } : { found: false, problem })
  }
  const timer = setTimeout(end, patience)
  const id = navigator.geolocation.watchPosition(
    (position) => {
      best = better(best, fixOf(position))
      if (best.accuracy <= GOOD_ENOUGH_M) end()
    },
    (error) => {
      problem = error.code === error.PERMISSION_DENIED ? "refused" : "no_fix"
      if (problem === "refused") end()
    },
    { enableHighAccuracy: true, maximumAge: 0, timeout: patience },
  )
}

function better(one: Fix | undefined, other: Fix): Fix {
  return one !== undefined && one.accuracy <= other.accuracy ? one : other
}

function fixOf(position: GeolocationPosition): Fix {
  const { latitude: lat, longitude: lon, accuracy } = position.coords
  return { lat, lon, accuracy, at: position.timestamp }
}
