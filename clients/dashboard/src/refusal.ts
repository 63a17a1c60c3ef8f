import type { Failure } from "@streakline/web";

/** Openings of the socket that must have failed in a row before the server is asked why: about two seconds of trying. */
export const ASK_AFTER = 3;

/** Why a socket does not open though the server answers, by code; `reduce` forgets it when one opens. */
export const SOCKET_REFUSED: ReadonlySet<string> = new Set(["socket-origin", "socket-upgrade"]);

const PATIENCE_MS = 10_000;
const GUIDE = "docs/proxies.md of Streakline shows what the proxy needs.";

/**
 * Ask the server why the socket does not open; null if it does not answer either, so that there is nothing to say.
 *
 * Browsers tell a page nothing about a refused socket. A POST to the same address goes through the same proxy, carries
 * the same Origin, and is answered: 403 where the origin is refused, 405 where only a POST is wrong.
 */
export async function askWhyRefused(
  address: string,
  origin: string,
  signal: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<Failure | null> {
  let status: number;
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    status = (await ask(address, { method: "POST", cache: "no-store", signal: bounded })).status;
  } catch {
    return null; // no answer: the server is away, which "Offline" says
  }
  return reasonOf(status, origin);
}

/** What an answer's status says about the socket. */
export function reasonOf(status: number, origin: string): Failure | null {
  if (status === 403) {
    const message =
      `The server answers, but does not know ${origin} as its own. Either a proxy does not pass on Host as it came, ` +
      `or STREAKLINE_ORIGINS lacks this address. ${GUIDE}`;
    return { type: "error", code: "socket-origin", message };
  }
  if (status === 400 || status === 405) {
    const message = `The server answers, but the socket is refused: a proxy in between drops Upgrade. ${GUIDE}`;
    return { type: "error", code: "socket-upgrade", message };
  }
  return null;
}
