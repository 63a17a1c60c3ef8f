import { decodeQuery, type QueryAnswer } from "@streakline/web";
import { type Answered, askServer } from "../ask.ts";
import type { ContentViewOf } from "./view.ts";

/** What stands beside the chart, each with its value before. */
export const TOTALS = ["plays", "hours", "listeners", "likes", "shares", "completionRate"] as const;
export const PARTS = ["source", "country", "device"] as const;
export type PartName = (typeof PARTS)[number];

/** Parts that a list shows; the rest is one more row. */
const MOST_PARTS = 8;

/** What history knows of a content in a range, all of one moment. */
export interface RangeAnswer {
  readonly view: ContentViewOf;
  readonly totals: QueryAnswer;
  readonly series: QueryAnswer;
  readonly parts: Readonly<Record<PartName, QueryAnswer>>;
}

/** Ask for the range of a view. The first answer gives the moment that the others are asked for. */
export async function askRange(
  id: string,
  view: ContentViewOf,
  zone: string,
  token: string | null,
  signal: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<Answered<RangeAnswer>> {
  const common = {
    timeRange: view.timeRange,
    tz: zone,
    filters: [{ dimension: "content", operator: "is", values: [id] }],
  };
  const compare = view.compare === "none" ? {} : { compare: view.compare };
  const question = (metrics: readonly string[], dimensions: readonly string[], more: object) =>
    askServer(
      {
        path: "api/v1/query",
        post: { ...common, metrics, dimensions, ...more },
        decode: (body) => decodeQuery(body, metrics, dimensions),
      },
      token,
      signal,
      ask,
    );
  const totals = await question(TOTALS, [], compare);
  if ("trouble" in totals) return totals;
  const { asOf } = totals.value;
  const [series, ...parts] = await Promise.all([
    question(["plays", "hours"], [view.bucket], { ...compare, asOf, limit: 10_000 }),
    ...PARTS.map((name) => question(["plays"], [name], { asOf, limit: MOST_PARTS })),
  ]);
  if ("trouble" in series) return series;
  const found: Partial<Record<PartName, QueryAnswer>> = {};
  for (const [index, part] of parts.entries()) {
    if ("trouble" in part) return part;
    const name = PARTS[index];
    if (name !== undefined) found[name] = part.value;
  }
  return {
    value: {
      view,
      totals: totals.value,
      series: series.value,
      parts: found as Record<PartName, QueryAnswer>,
    },
  };
}
