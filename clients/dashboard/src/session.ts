import { askServer } from "./ask.ts";

/** Where the token lives: this tab only, gone with it. */
const KEY = "streakline.token";

/** The parts of the browser that hold a token, so that tests can give their own. */
export interface TokenPlaces {
  readonly location: Pick<Location, "hash" | "pathname" | "search">;
  readonly history: Pick<History, "replaceState" | "state">;
  readonly storage: Pick<Storage, "getItem" | "setItem">;
}

/**
 * Take the token out of the link's fragment, or the one kept from before.
 *
 * A fragment is never sent to a server; it is removed from the address bar at once, so that neither a copied link nor
 * the browser's history keeps it.
 */
export function takeToken(places: TokenPlaces): string | null {
  const { location, history, storage } = places;
  const given = new URLSearchParams(location.hash.replace(/^#/u, "")).get("token");
  if (!given) return storage.getItem(KEY);
  storage.setItem(KEY, given);
  history.replaceState(history.state, "", location.pathname + location.search);
  return given;
}

/** When to renew a token, in ms since 1970: halfway between now and its end. null: it has none, or is no JWT. */
export function renewalOf(token: string, now: number): number | null {
  const end = endOf(token);
  return end === null || end <= now ? null : now + (end - now) / 2;
}

/** Keep a token that took another's place. */
export function keepToken(token: string, storage: Pick<Storage, "setItem">): void {
  storage.setItem(KEY, token);
}

/** Know no token any more. */
export function forgetToken(storage: Pick<Storage, "removeItem">): void {
  storage.removeItem(KEY);
}

function endOf(token: string): number | null {
  const { exp, renewUntil } = claimsOf(token);
  return typeof exp === "number" && typeof renewUntil === "number" && renewUntil > exp ? exp * 1000 : null;
}

/** What a JWT says; nothing of what is none. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const text = atob((token.split(".")[1] ?? "").replace(/-/gu, "+").replace(/_/gu, "/"));
    const claims: unknown = JSON.parse(
      new TextDecoder().decode(Uint8Array.from(text, (one) => one.charCodeAt(0))),
    );
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Timers of browsers take no more. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Renew a token at half of its time, for as long as it may be, and hand the new one on. Returns what ends that.
 *
 * A server that is away is asked again; one that refuses is believed, and the page says so when the token has ended.
 */
export function keepRenewed(
  token: string,
  renewed: (token: string) => void,
  ask: typeof fetch = fetch,
): () => void {
  const left = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const wait = (ms: number) => {
    timer = setTimeout(renew, Math.min(Math.max(ms, 0), LONGEST_MS));
  };
  const renew = async () => {
    const due = renewalOf(token, Date.now());
    if (due === null) return;
    try {
      const answered = await askServer(
        { path: "api/v1/token", decode: decodeRenewed, post: {} },
        token,
        left.signal,
        ask,
      );
      if ("value" in answered) renewed(answered.value);
      else if (answered.trouble.kind === "away") wait(answered.trouble.retryMs);
    } catch {
      return; // the page has another token, or is gone
    }
  };

  const due = renewalOf(token, Date.now());
  if (due !== null) wait(due - Date.now());
  return () => {
    clearTimeout(timer);
    left.abort();
  };
}

function decodeRenewed(body: unknown): string {
  const { token } = body as { token?: unknown };
  if (typeof token !== "string" || !token) throw new Error("The server answered a renewal without a token.");
  return token;
}
