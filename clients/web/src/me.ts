import { all, list, member, orNull, string } from "./reading.ts";

/** The answer of `GET /api/v1/me`: whom a key or token speaks for, and what it allows. */
export interface Me {
  readonly user: string | null;
  /** Creators whose numbers it may read. */
  readonly creators: readonly string[];
  readonly scopes: readonly string[];
  /** The API key that was sent; null of a token. */
  readonly key: { readonly id: string; readonly name: string } | null;
  /** RFC 3339; null for never. */
  readonly expires: string | null;
}

/** Read the answer of `GET /api/v1/me`; throws `WireError` where it is another. */
export function decodeMe(body: unknown): Me {
  const path = "me";
  return {
    ...all(["creators", "scopes"], list(string))(body, path),
    ...all(["user", "expires"], orNull(string))(body, path),
    key: member(body, path, "key", orNull(all(["id", "name"], string))),
  };
}
