import { decodeYearLink, type YearLink } from "@streakline/web";
import { type Answered, askServer } from "../ask.ts";
import { dayAndTime } from "../format.ts";

/** For how many seconds a link may open a year; 0 for ever. */
export const LASTING = [
  { seconds: 0, label: "for ever" },
  { seconds: 30 * 86_400, label: "for 30 days" },
  { seconds: 7 * 86_400, label: "for 7 days" },
] as const;

/** Make a link; `seconds` of 0 is for ever. */
export function makeLink(
  path: string,
  zone: string,
  name: string,
  seconds: number,
  token: string | null,
  signal: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<Answered<YearLink>> {
  const post = { name: name.trim(), lasts: seconds === 0 ? null : seconds };
  const question = {
    path: `${path}/links?${new URLSearchParams({ tz: zone })}`,
    decode: decodeYearLink,
    post,
  };
  return askServer(question, token, signal, ask);
}

/** Revoke a link, for ever. */
export function revokeLink(
  path: string,
  id: string,
  token: string | null,
  signal: AbortSignal,
): Promise<Answered<null>> {
  const question = {
    path: `${path}/links/${encodeURIComponent(id)}`,
    decode: () => null,
    method: "DELETE" as const,
  };
  return askServer(question, token, signal);
}

/** Since when a link stands, whom it names and when it ends. */
export function linkWords({ name, createdAt, expiresAt }: YearLink, zone: string): string {
  const when = (moment: string) => dayAndTime(Date.parse(moment), zone);
  const named = name === "" ? "names nobody" : `names ${name}`;
  const ends = expiresAt === null ? "never ends" : `ends ${when(expiresAt)}`;
  return `Made ${when(createdAt)}, ${named}, ${ends}`;
}
