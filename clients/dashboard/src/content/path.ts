const FOLDER = "/content/";

/** The route of a content's page, or null for the ids that no address can hold: browsers take them for folders. */
export function pathOf(id: string): string | null {
  return id === "" || id === "." || id === ".." ? null : FOLDER + encodeURIComponent(id);
}

/** The id in the path of an address as it is in the address bar, or null if it is not a content's. */
export function idIn(pathname: string, prefix: string): string | null {
  const start = prefix + FOLDER;
  if (!pathname.startsWith(start) || pathname === start) return null;
  const part = pathname.slice(start.length);
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // not our encoding: the server is asked for it as it stands
  }
}

/** Where the server answers what history knows of a content, with days in a zone. */
export function analyticsPath(id: string, zone: string): string {
  return `api/analytics/mashups/${encodeURIComponent(id)}?tz=${encodeURIComponent(zone)}`;
}
