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

export interface Send {
  (request: Request): Promise<Reply>
  /** The bytes of a file; "none" where the county has none for this phone, "failed" where it was not reached. */
  bytes(request: Request): Promise<Bytes | "none" | "failed">
}

const PATIENCE = 60_000
/** Answers are a few hundred KB at most; whatever sends more is not the county. */
const LONGEST = 8 * 1024 * 1024

/** `origin` is "" for the page's own. */
export function sendTo(origin: string): Send {
  const send = async (request: Request): Promise<Reply> => {
    try {
      const response = await ask(origin, request)
      return { ...(await told(response)), status: response.status || 302 }
    } catch {
      return { status: 0, why: globalThis.navigator.onLine ? "unreachable" : "offline" }
    }
  }
  const bytes = async (request: Request): Promise<Bytes | "none" | "failed"> => {
    try {
      const response = await ask(origin, request, "follow")
      if (response.ok) return new Uint8Array(await response.arrayBuffer())
      return [404, 409, 422].includes(response.status) ? "none" : "failed"
    } catch {
      return "failed"
    }
  }
  return Object.assign(send, { bytes })
}

/** Redirects are not followed where answers matter: the county sends none, portals do. Only photos may lie elsewhere. */
function ask(origin: string, request: Request, redirect: RequestRedirect = "manual"): Promise<Response> {
  const { method, path, headers = {}, body, patience = PATIENCE } = request
  return fetch(`${origin}${path}`, {
    method,
    headers: { Accept: "application/json", ...headers },
    ...(body ? { body } : {}),
    redirect,
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(patience),
  })
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
