import { all, list, member, orNull, type Read, string } from "./reading.ts";

/** A link with which everybody sees the year of a person; moments in RFC 3339. */
export interface YearLink {
  readonly id: string;
  readonly url: string;
  /** Whom its page names; empty for nobody. */
  readonly name: string;
  readonly createdAt: string;
  /** Null for never. */
  readonly expiresAt: string | null;
}

const link: Read<YearLink> = (value, at) => ({
  ...all(["id", "url", "name", "createdAt"], string)(value, at),
  expiresAt: member(value, at, "expiresAt", orNull(string)),
});

/** Read the answer of `POST …/years/{year}/links`; throws `WireError` where it is another. */
export function decodeYearLink(body: unknown): YearLink {
  return link(body, "yearLink");
}

/** Read the answer of `GET …/years/{year}/links`, newest first; throws `WireError` where it is another. */
export function decodeYearLinks(body: unknown): readonly YearLink[] {
  return member(body, "yearLinks", "links", list(link));
}
