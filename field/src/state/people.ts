/** Enrolment and the people of a shared phone, as the screens see them. */

/** Where the phone is in its life. `elsewhere`: another tab holds it, this one may only wait. */
export type Life =
  | { readonly at: "starting" }
  | { readonly at: "elsewhere" }
  | { readonly at: "broken"; readonly why: "storage" | "newer_version" }
  | { readonly at: "unenrolled" }
  /** Enrolled; the leader has not typed these digits yet. */
  | { readonly at: "unconfirmed"; readonly digits: string }
  /** Confirmed, and nobody has a PIN here yet. */
  | { readonly at: "empty" }
  | { readonly at: "locked" }
  | { readonly at: "open"; readonly person: string }

export interface PersonHere {
  readonly id: string
  readonly name: string
  readonly specialty: string | null
  readonly role: "leader" | "member"
  /** Wrong tries since the last right one; at ten only a fresh code helps. */
  readonly failures: number
  /** Wall ms before which no try is taken, null if now. */
  readonly waitUntil: number | null
  readonly needsCode: boolean
}

export interface Newcomer {
  readonly id: string
  readonly name: string
  readonly pin: string
}

export type Enrolling =
  | { readonly done: true; readonly digits: string }
  | {
      readonly done: false
      /** Words in the catalogue under `phone.sync.enrol.<why>`. */
      readonly why:
        "not_a_code" | "code_unusable" | "not_the_county" | "offline" | "portal" | "busy" | "refused"
    }

export type Unlocking =
  | { readonly done: true }
  | {
      readonly done: false
      readonly why: "wrong"
      readonly triesLeft: number
      readonly waitUntil: number | null
    }
  | { readonly done: false; readonly why: "wait"; readonly waitUntil: number }
  | { readonly done: false; readonly why: "needs_code" }

export type Bundled =
  | { readonly done: true; readonly operations: number; readonly chains: number }
  | { readonly done: false; readonly why: "not_a_bundle" | "too_large" | "own" }
