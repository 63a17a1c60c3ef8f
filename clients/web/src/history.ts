import {
  boolean,
  isRecord,
  list,
  type Members,
  mapped,
  member,
  number,
  type Read,
  record,
  string,
} from "./reading.ts";

/** The answer of `GET /api/v1/settled`: whether all numbers have passed a position, else what is behind it. */
export interface Settled {
  readonly settled: boolean;
  readonly waitingFor: readonly { readonly part: string }[];
}

/** Read the answer of `GET /api/v1/settled`; throws `WireError` where it is another. */
export function decodeSettled(body: unknown): Settled {
  const path = "settled";
  return {
    settled: member(body, path, "settled", boolean),
    waitingFor: member(
      body,
      path,
      "waitingFor",
      list((one, at) => ({ part: member(one, at, "part", string) })),
    ),
  };
}

/** A content that a search found; `plays` counts over all time. */
export interface FoundContent {
  readonly contentId: string;
  readonly title: string;
  readonly plays: number;
}

/** Read the answer of `GET /api/v1/search`; throws `WireError` where it is another. */
export function decodeFound(body: unknown): readonly FoundContent[] {
  return member(
    body,
    "found",
    "contents",
    list((content, at) => ({
      contentId: member(content, at, "contentId", string),
      title: member(content, at, "title", string),
      plays: member(content, at, "plays", number),
    })),
  );
}

/** The answer of `GET /api/admin/shares/stats`: shares of apps, days by UTC date, platforms and apps most first. */
export interface ShareStats {
  readonly totalShares: number;
  readonly mostSharedApps: readonly {
    readonly appId: string;
    readonly appName: string;
    readonly shareCount: number;
  }[];
  readonly platformStats: Readonly<Record<string, number>>;
  readonly dailyShares: readonly { readonly date: string; readonly count: number }[];
  readonly period: string;
  readonly asOf: string;
}

/** Read the answer of `GET /api/admin/shares/stats`; throws `WireError` where it is another. */
export function decodeShareStats(body: unknown): ShareStats {
  const path = "shares";
  return {
    totalShares: member(body, path, "totalShares", number),
    mostSharedApps: member(
      body,
      path,
      "mostSharedApps",
      list((app, at) => ({
        appId: member(app, at, "appId", string),
        appName: member(app, at, "appName", string),
        shareCount: member(app, at, "shareCount", number),
      })),
    ),
    platformStats: member(body, path, "platformStats", counts),
    dailyShares: member(
      body,
      path,
      "dailyShares",
      list((day, at) => ({ date: member(day, at, "date", string), count: member(day, at, "count", number) })),
    ),
    period: member(body, path, "period", string),
    asOf: member(body, path, "asOf", string),
  };
}

/** A row of `POST /api/v1/query`: values of metrics are null where nothing gives them. */
export interface QueryRow {
  /** Dimension -> its value as text. */
  readonly at: Readonly<Record<string, string>>;
  /** First moment of the row's bucket, ISO; empty without a bucket. */
  readonly start: string;
  /** Metric -> its value. */
  readonly values: Readonly<Record<string, number | null>>;
  /** The same in the range that is compared with; empty without one. */
  readonly compared: Readonly<Record<string, number | null>>;
  /** Metric -> change in per cent. */
  readonly change: Readonly<Record<string, number | null>>;
}

/** The answer of `POST /api/v1/query`. */
export interface QueryAnswer {
  readonly rows: readonly QueryRow[];
  readonly nextCursor: string | null;
  readonly range: { readonly from: string; readonly to: string };
  readonly asOf: string;
  /** Buckets that the range cuts. */
  readonly partial: readonly string[];
  /** Metric -> why it is not exact. */
  readonly approximate: Readonly<Record<string, string>>;
}

/** Read the answer of `POST /api/v1/query` to a question of some metrics and dimensions; throws `WireError` where it is another. */
export function decodeQuery(
  body: unknown,
  metrics: readonly string[],
  dimensions: readonly string[],
): QueryAnswer {
  const path = "query";
  return {
    rows: member(body, path, "rows", list(row(metrics, dimensions))),
    nextCursor: member(body, path, "nextCursor", (value, at) => (value === null ? null : string(value, at))),
    ...member(body, path, "meta", (meta, at) => ({
      range: member(meta, at, "range", (range, where) => ({
        from: member(range, where, "from", string),
        to: member(range, where, "to", string),
      })),
      asOf: member(meta, at, "asOf", string),
      partial: member(meta, at, "partial", list(string)),
      approximate: member(meta, at, "approximate", (value, where) =>
        mapped(record(value, where), where, string),
      ),
    })),
  };
}

function row(metrics: readonly string[], dimensions: readonly string[]): Read<QueryRow> {
  return (value, path) => {
    const members = record(value, path);
    const some = (from: unknown) =>
      isRecord(from) ? Object.fromEntries(metrics.map((name) => [name, orNull(from[name], path)])) : {};
    return {
      at: Object.fromEntries(dimensions.map((name) => [name, String(members[name])])),
      start: members["start"] === undefined ? "" : string(members["start"], `${path}.start`),
      values: some(members),
      compared: some(members["compared"]),
      change: some(members["change"]),
    };
  };
}

function orNull(value: unknown, path: string): number | null {
  return value === null || value === undefined ? null : number(value, path);
}

function counts(value: unknown, path: string): Readonly<Record<string, number>> {
  const members: Members = record(value, path);
  return mapped(members, path, number);
}
