import type { Failure } from "@streakline/web";
import { addressOf } from "./server.ts";

/** Why there are no numbers. */
export type Trouble =
  | { readonly kind: "unknown"; readonly message: string }
  | { readonly kind: "access"; readonly failure: Failure }
  /** The link speaks for several creators or for none, so one has to be named. */
  | { readonly kind: "creator"; readonly message: string }
  /** The link is nobody's own, so a person has to be named. */
  | { readonly kind: "person"; readonly message: string }
  /** There is nothing of what was asked for. */
  | { readonly kind: "nothing"; readonly message: string }
  /** Worth asking again after so many ms; `silent` where nothing came back, so that what was sent may have arrived. */
  | { readonly kind: "away"; readonly message: string; readonly retryMs: number; readonly silent?: boolean }
  | { readonly kind: "failed"; readonly message: string };

export type Answered<T> = { readonly value: T } | { readonly trouble: Trouble };

export interface Question<T> {
  /** From the server's root, without a slash before it. */
  readonly path: string;
  /** Read the body of an answer; throws where it is not as promised. */
  readonly decode: (body: unknown) => T;
  /** What is sent as JSON; without it the question is a GET. */
  readonly post?: unknown;
  /** POST where something is sent, else GET, where it is left out. */
  readonly method?: "GET" | "DELETE" | "PUT";
  /** Take the body of an answer; as JSON where it is left out. */
  readonly take?: (answer: Response) => Promise<unknown>;
}

const PATIENCE_MS = 30_000;
/** Where an answer does not say when to come back. */
const RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;
const MAY_PASS: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** Ask the server. Rejects only when `signal` ends it. */
export async function askServer<T>(
  { path, decode, post, method, take = json }: Question<T>,
  token: string | null,
  signal: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<Answered<T>> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const sent: RequestInit =
    post === undefined
      ? { headers, method: method ?? "GET" }
      : {
          method: method ?? "POST",
          body: JSON.stringify(post),
          headers: { ...headers, "content-type": "application/json" },
        };
  let body: unknown;
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const answer = await ask(addressOf(path), { ...sent, signal: bounded });
    if (!answer.ok) return { trouble: await troubleOf(answer) };
    body = await take(answer);
  } catch (error) {
    if (signal.aborted) throw error;
    const message = "The server does not answer.";
    return { trouble: { kind: "away", message, retryMs: RETRY_MS, silent: true } };
  }
  try {
    return { value: decode(body) };
  } catch (error) {
    return { trouble: { kind: "failed", message: error instanceof Error ? error.message : String(error) } };
  }
}

async function json(answer: Response): Promise<unknown> {
  return answer.status === 204 ? null : await answer.json();
}

/** Why there is no answer, in the server's words. */
export function messageOf(trouble: Trouble): string {
  return trouble.kind === "access" ? trouble.failure.message : trouble.message;
}

/** What a refusal means to a reader. */
export async function troubleOf(answer: Response): Promise<Trouble> {
  const { code, detail } = await problemOf(answer);
  const message = detail ?? `The server answered ${answer.status}.`;
  if (answer.status === 404 && code === "content-unknown") return { kind: "unknown", message };
  if (answer.status === 404 && code === "no-plays") return { kind: "nothing", message };
  if (answer.status === 400 && code === "artist") return { kind: "creator", message };
  if (answer.status === 400 && code === "user") return { kind: "person", message };
  if (answer.status === 401 || answer.status === 403) {
    return { kind: "access", failure: { type: "error", code: LIVE_CODES[code] ?? code, message } };
  }
  if (MAY_PASS.has(answer.status)) return { kind: "away", message, retryMs: retryMs(answer) };
  return { kind: "failed", message };
}

/** The live socket's words for the same refusals, which the page has headlines for. */
const LIVE_CODES: Readonly<Record<string, string>> = {
  "token-missing": "forbidden",
  "scope-missing": "forbidden",
  owner: "forbidden",
};

async function problemOf(answer: Response): Promise<{ code: string; detail: string | null }> {
  try {
    const body = (await answer.json()) as { type?: unknown; detail?: unknown } | null;
    const detail = typeof body?.detail === "string" ? body.detail : null;
    return { code: String(body?.type ?? "").replace(/^.*:/u, ""), detail };
  } catch {
    return { code: "", detail: null }; // a proxy's own words
  }
}

function retryMs(answer: Response): number {
  const seconds = Number(answer.headers.get("retry-after"));
  return seconds > 0 ? Math.min(seconds * 1000, LONGEST_RETRY_MS) : RETRY_MS;
}
