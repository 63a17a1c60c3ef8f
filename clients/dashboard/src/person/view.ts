import { PERIODS, type Period } from "@streakline/web";

export interface PersonAsked {
  /** The person that the address names; null for the one whose link it is. */
  readonly user: string | null;
  readonly period: Period;
}

/** Somebody in the generated data of the demo. */
export const MADE_UP = "listener-0001";

/** What the address asks for; what it asks wrongly is the default, this week. */
export function personAsked(query: URLSearchParams): PersonAsked {
  const given = query.get("period");
  return {
    user: query.get("user") || null,
    period: PERIODS.find((known) => known === given) ?? PERIODS[0],
  };
}

/** The query of every question about a person. */
export function personQuery({ user }: Pick<PersonAsked, "user">, zone: string): string {
  const query = new URLSearchParams({ tz: zone });
  if (user !== null) query.set("user", user);
  return query.toString();
}
