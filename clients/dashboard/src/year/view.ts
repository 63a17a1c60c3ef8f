export interface YearAsked {
  /** The person that the address names; null for the one whose link it is. */
  readonly user: string | null;
  /** The year that the address names; null for the newest one with a play. */
  readonly year: number | null;
}

/** What the address asks for; a year that is none is left to the newest one. */
export function yearAsked(query: URLSearchParams): YearAsked {
  const given = query.get("year") ?? "";
  return {
    user: query.get("user") || null,
    year: /^20\d\d$/u.test(given) ? Number(given) : null,
  };
}
