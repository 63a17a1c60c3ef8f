import type { Me } from "@streakline/web";

/** Who holds a bearer, in words: the key by its name, the person or the creators that it speaks for. */
export function bearerWords({ key, user, creators }: Me): string {
  const named = key?.name ? ` “${key.name}”` : "";
  const what = key ? `the API key${named || ` ${key.id}`}` : "a token";
  const whose = user === null ? "" : ` of ${user}`;
  // A creator that signs in as himself is named once.
  const others = creators.filter((creator) => creator !== user);
  return what + whose + (others.length > 0 ? ` for ${others.join(", ")}` : "");
}
