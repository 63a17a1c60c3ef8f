import { useCallback, useEffect, useMemo } from "react";
import { useSearchParams } from "wouter";

/** How many minutes the chart shows. */
export const RANGES = [60, 30, 15] as const;
export type Range = (typeof RANGES)[number];

export interface View {
  /** IANA zone of every time on the page. */
  readonly zone: string;
  readonly range: Range;
}

export const HOME_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** Read what the address asks for; what it asks wrongly is the default. */
export function viewOf(query: URLSearchParams, home: string = HOME_ZONE): View {
  const range = Number(query.get("range"));
  return {
    zone: askedZone(query) ?? home,
    range: RANGES.find((known) => known === range) ?? RANGES[0],
  };
}

/** The zone that the address asks for; null where it asks for none that there is. */
export function askedZone(query: URLSearchParams): string | null {
  const zone = query.get("tz");
  return zone !== null && isZone(zone) ? zone : null;
}

/** The query of a view: what is the default is left out, what belongs to others stays. */
export function queryOf(view: View, before: URLSearchParams, home: string = HOME_ZONE): URLSearchParams {
  const query = new URLSearchParams(before);
  if (view.zone === home) query.delete("tz");
  else query.set("tz", view.zone);
  if (view.range === RANGES[0]) query.delete("range");
  else query.set("range", String(view.range));
  return query;
}

/** The view in the address, and a way to change part of it. */
export function useView(): [View, (change: Partial<View>) => void] {
  const [query, setQuery] = useSearchParams();
  const view = useMemo(() => viewOf(query), [query]);
  const change = useCallback(
    (part: Partial<View>) =>
      setQuery((before) => queryOf({ ...viewOf(before), ...part }, before), { replace: true }),
    [setQuery],
  );
  return [view, change];
}

/** Changes one member of the address's query; its usual value is left out. */
export function useMember(): (member: string, value: string, usual?: string) => void {
  const [, setQuery] = useSearchParams();
  return useCallback(
    (member, value, usual) =>
      setQuery((before) => withMember(before, member, value, usual), { replace: true }),
    [setQuery],
  );
}

/** A query with one member changed; its usual value is left out. */
export function withMember(
  before: URLSearchParams,
  member: string,
  value: string,
  usual = "",
): URLSearchParams {
  const next = new URLSearchParams(before);
  if (value === usual) next.delete(member);
  else next.set(member, value);
  return next;
}

/** The title of the tab while a page is open, which begins at its top. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Streakline`;
  }, [title]);
  useEffect(() => {
    window.scrollTo(0, 0); // newer browsers return a promise of it, which is no cleanup
  }, []);
}

/** A route with the query of the address, so that the zone goes along. */
export function withQuery(path: string, search: string): string {
  return search === "" ? path : `${path}?${search}`;
}

/** Whether this browser knows a zone. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
