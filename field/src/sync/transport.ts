/**
 * The only place that talks to the county. Says what came back and decides nothing: whether an answer is the county's
 * is for whoever can check its signature.
 */

import type { Bytes } from "../core/sync/text"

/** Something answered, or nobody did. `retryAfter` in seconds. */
export type Reply =
  | {
      readonly status: number
      readonly text: string
      readonly code: string | null
      readonly retryAfter: number | null
      readonly offset: number | null
    }
  | { readonly status: 0; readonly why: "offline" | "unreachable" }

export interface Request {
  readonly method: "GET" | "POST" | "HEAD" | "PATCH"
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Bytes
  /** ms until it counts as unreachable. */
  readonly patience?: number
}

export type Send = (request: Request) => Promise<Reply>

const PATIENCE = 60_000
/** Answers are a few hundred KB at most; whatever sends more is not the county. */
const LONGEST = 8 * 1024 * 1024

/** `origin` is "" for the page's own. Redirects are not followed: the county sends none, portals do. */
export function sendTo(origin: string): Send {
  return async ({ method, path, headers = {}, body, patience = PATIENCE }) => {
    try {
      const response = await fetch(`${origin}${path}`, {
        method,
        headers: { Accept: "application/json", ...headers },
        ...(body ? { body } : {}),
        redirect: "manual",
        credentials: "omit",
        cache: "no-store",
        signal: AbortSignal.timeout(patience),
      })
      return { ...(await told(response)), status: response.status || 302 }
    } catch {
      return { status: 0, why: globalThis.navigator.onLine ? "unreachable" : "offline" }
    }
  }
}

async function told(
  response: Response,
): Promise<{ text: string; code: string | null; retryAfter: number | null; offset: number | null }> {
  const text = Number(response.headers.get("Content-Length") ?? 0) > LONGEST ? "" : await response.text()
  return {
    text,
    code: response.headers.get("Content-Type")?.startsWith("application/problem+json") ? codeOf(text) : null,
    retryAfter: whole(response.headers.get("Retry-After")),
    offset: whole(response.headers.get("Upload-Offset")),
  }
}

function whole(header: string | null): number | null {
  return header !== null && /^\d{1,12}$/.test(header) ? Number(header) : null
}

/** The stable code of a problem; "" for one that says none. HEAD has no body. */
function codeOf(text: string): string {
  try {
    const { code } = JSON.parse(text) as { code?: unknown }
    return typeof code === "string" ? code : ""
  } catch {
    return ""
  }
}
