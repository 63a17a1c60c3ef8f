/** An answer as it comes, also one that never ends. */

import { addressOf } from "../server.ts";
import { headersOf, type Made } from "./request.ts";

export interface Answer {
  readonly status: number;
  readonly words: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** Until its head was there. */
  readonly ms: number;
  /** Bytes of the body that came so far, also of one that is no text. */
  readonly bytes: number;
  readonly state: "coming" | "whole" | "stopped" | "long";
}

/** Bytes of a body after which no more is read. */
export const MOST = 200_000;
const READABLE = /^(?:text\/|application\/(?:[\w.+-]*\+)?json\b|application\/x-ndjson)/u;

/** Send a request and tell of its answer each time that more of it is there. Rejects where there is none. */
export async function send(
  made: Made,
  token: string | null,
  stop: AbortSignal,
  tell: (answer: Answer) => void,
  ask: typeof fetch = fetch,
): Promise<void> {
  const began = performance.now();
  const response = await ask(addressOf(made.path), {
    method: made.method,
    headers: headersOf(made, token),
    body: made.body,
    cache: "no-store",
    signal: stop,
  });
  const head = {
    status: response.status,
    words: response.statusText,
    headers: [...response.headers],
    ms: Math.round(performance.now() - began),
  };
  const readable = READABLE.test(response.headers.get("content-type") ?? "text/");
  const decoder = new TextDecoder();
  let [body, bytes] = ["", 0];
  const said = (state: Answer["state"]) => tell({ ...head, body, bytes, state });
  said("coming");
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || value === undefined) break;
      bytes += value.byteLength;
      if (readable) body += decoder.decode(value, { stream: true });
      if (bytes > MOST) {
        await reader?.cancel();
        return said("long");
      }
      said("coming");
    }
  } catch (error) {
    if (!stop.aborted) throw error;
    return said("stopped");
  }
  said("whole");
}

/** A body as it is read best: JSON with indents, everything else as it came. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
