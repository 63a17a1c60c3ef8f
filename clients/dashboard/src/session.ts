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
