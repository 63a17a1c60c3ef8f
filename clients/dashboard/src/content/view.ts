/** What of a content's history is shown; all of it is in the address. */
export const TIME_RANGES = ["24h", "7d", "30d", "90d", "1y", "all"] as const;
export type TimeRange = (typeof TIME_RANGES)[number];

export const BUCKET_NAMES = {
  hour: "Hours",
  day: "Days",
  week: "Weeks",
  month: "Months",
  year: "Years",
} as const;
export type Bucket = keyof typeof BUCKET_NAMES;

/** Of each range the buckets that make a chart a reader can tell apart; the first is the default. */
export const BUCKETS: Readonly<Record<TimeRange, readonly [Bucket, ...Bucket[]]>> = {
  "24h": ["hour"],
  "7d": ["day", "hour"],
  "30d": ["day", "week"],
  "90d": ["day", "week", "month"],
  "1y": ["week", "day", "month"],
  all: ["month", "year"],
};

export const MEASURES = ["plays", "hours"] as const;
export type Measure = (typeof MEASURES)[number];

export const COMPARISONS = {
  previous: "the time before",
  year_before: "a year before",
  weekdays: "the same weekdays before",
  none: "nothing",
} as const;
export type Comparison = keyof typeof COMPARISONS;

export interface ContentViewOf {
  readonly timeRange: TimeRange;
  readonly bucket: Bucket;
  readonly measure: Measure;
  readonly compare: Comparison;
}

const DEFAULTS = { timeRange: "30d", measure: "plays", compare: "previous" } as const;

/** Read what the address asks for; what it asks wrongly is the default. */
export function contentViewOf(query: URLSearchParams): ContentViewOf {
  const timeRange = known(TIME_RANGES, query.get("timeRange")) ?? DEFAULTS.timeRange;
  return fitting({
    timeRange,
    bucket: known(Object.keys(BUCKET_NAMES) as Bucket[], query.get("bucket")) ?? BUCKETS[timeRange][0],
    measure: known(MEASURES, query.get("measure")) ?? DEFAULTS.measure,
    compare: known(Object.keys(COMPARISONS) as Comparison[], query.get("compare")) ?? DEFAULTS.compare,
  });
}

/** A view whose bucket is one of its range, and which compares all time with nothing. */
function fitting(view: ContentViewOf): ContentViewOf {
  const buckets = BUCKETS[view.timeRange];
  return {
    ...view,
    bucket: buckets.includes(view.bucket) ? view.bucket : buckets[0],
    compare: view.timeRange === "all" ? "none" : view.compare,
  };
}

/** The query of a view changed in part: what is the default is left out, what belongs to others stays. */
export function contentQueryOf(change: Partial<ContentViewOf>, before: URLSearchParams): URLSearchParams {
  const query = new URLSearchParams(before);
  for (const [name, value] of Object.entries(change)) {
    const timeRange = change.timeRange ?? contentViewOf(before).timeRange;
    const usual = { ...DEFAULTS, bucket: BUCKETS[timeRange][0] }[name as keyof ContentViewOf];
    if (value === usual) query.delete(name);
    else query.set(name, value);
  }
  return query;
}

function known<T extends string>(all: readonly T[], given: string | null): T | undefined {
  return all.find((one) => one === given);
}
