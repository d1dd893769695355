/** Where the engine is, as one value. */

/** Words in the catalogue under `phone.sync.trouble.<code>`. */
export type Trouble = "offline" | "unreachable" | "portal" | "busy" | "too_large" | "full" | "county_error"

export type SyncStatus =
  | { readonly at: "off"; readonly why: "unenrolled" | "elsewhere" | "starting" }
  /** Nothing to do. `heard`: wall ms of the county's last answer. */
  | { readonly at: "rest"; readonly heard: number | null }
  | { readonly at: "exchanging" }
  | { readonly at: "uploading"; readonly photo: number; readonly of: number; readonly percent: number }
  | {
      readonly at: "waiting"
      readonly trouble: Trouble
      readonly until: number
      readonly heard: number | null
    }
  /** The phone was withdrawn: it may deliver, and pulls nothing. */
  | { readonly at: "revoked"; readonly unsent: number }
