import { type ContentAnalytics, decodeContentAnalytics } from "@streakline/web";
import { askServer, type Trouble } from "../ask.ts";

export type { Trouble };

export type Result = { readonly analytics: ContentAnalytics } | { readonly trouble: Trouble };

/** Ask for everything about one content, in a zone. Rejects only when `signal` ends it. */
export async function askContent(
  id: string,
  zone: string,
  token: string | null,
  signal: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<Result> {
  const path = `api/analytics/mashups/${encodeURIComponent(id)}?tz=${encodeURIComponent(zone)}`;
  const answered = await askServer({ path, decode: decodeContentAnalytics }, token, signal, ask);
  return "value" in answered ? { analytics: answered.value } : answered;
}
