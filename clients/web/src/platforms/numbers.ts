import { all, list, member, number, orNull, type Read, string } from "../reading.ts";

/** The platforms that measure. */
export const PLATFORMS = ["youtube", "tiktok", "instagram", "twitter"] as const;
export type Platform = (typeof PLATFORMS)[number];

const COUNTED = ["posts", "viewsCorrected", "engagementCorrected", "gaps"] as const;
const TOLD = [
  "views",
  "likes",
  "comments",
  "shares",
  "saves",
  "clicks",
  "impressions",
  "engagement",
  "engagementRate",
  "followers",
  "following",
  "growthRate",
  "followersGained",
  "viewsGained",
  "engagementGained",
  "performanceScore",
] as const;
const CHANGED = ["viewsGained", "engagementGained", "followers"] as const;
const OF_DAY = ["views", "engagement", "engagementRate", "totalViews", "followers"] as const;
const OF_POST = ["views", "engagement", "engagementRate", "performanceScore", "viewsGained"] as const;

/** What stands at the end of the days, and what was gained in them; null is what no platform tells. */
export type Measured = Readonly<
  Record<(typeof COUNTED)[number], number> & Record<(typeof TOLD)[number], number | null>
>;

/** The numbers of the days, of as many days before, and by how many per cent they differ. */
export interface Beside {
  readonly totals: Measured;
  readonly previous: Measured;
  readonly change: Readonly<Record<(typeof CHANGED)[number], number | null>>;
}

/** What a day gained; null where nothing tells it. */
export type MeasuredDay = Readonly<
  { date: string; viewsCorrected: number; gaps: number } & Record<(typeof OF_DAY)[number], number | null>
>;

/** A post, as it was last observed. */
export type MeasuredPost = Readonly<
  Record<"contentId" | "platform" | "account" | "title" | "lastUpdatedAt", string> & {
    publishedAt: string | null;
  } & Record<(typeof OF_POST)[number], number | null>
>;

/** What answers about the numbers of an owner have in common. */
export interface Measurement {
  readonly userId: string;
  /** Whole days of the zone; `end` is the first one after them. */
  readonly period: {
    readonly start: string;
    readonly end: string;
    readonly days: number;
    readonly tz: string;
  };
  /** What each platform calls a view. */
  readonly viewsAre: readonly string[];
  readonly asOf: string;
}

/** The answer of `GET /api/v1/analytics/dashboard`. */
export interface PlatformsDashboard extends Measurement, Beside {
  readonly trend: readonly MeasuredDay[];
  readonly platforms: readonly (Beside & { readonly platform: string })[];
  readonly topContent: readonly MeasuredPost[];
}

/** A number as its platform tells it. */
export interface ToldNumber {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly currency: string | null;
  readonly observedAt: string;
  readonly means: string;
}

/** The answer of `GET /api/v1/analytics/platform/{platform}`. */
export interface OnePlatform extends Measurement, Beside {
  readonly platform: string;
  readonly trend: readonly MeasuredDay[];
  readonly accounts: readonly { readonly account: string; readonly numbers: readonly ToldNumber[] }[];
  readonly topContent: readonly MeasuredPost[];
}

/** One platform of a comparison. */
export interface ComparedPlatform extends Beside {
  readonly platform: string;
  readonly trend: readonly MeasuredDay[];
  readonly viewsPerPost: number | null;
  readonly engagementPerPost: number | null;
  readonly best: MeasuredPost | null;
  readonly viewIs: string;
}

/** The answer of `GET /api/v1/analytics/compare`. */
export interface ComparedPlatforms extends Measurement {
  readonly platforms: readonly ComparedPlatform[];
}

const measured: Read<Measured> = (value, at) => ({
  ...all(COUNTED, number)(value, at),
  ...all(TOLD, orNull(number))(value, at),
});

const beside: Read<Beside> = (value, at) => ({
  ...all(["totals", "previous"], measured)(value, at),
  change: member(value, at, "change", all(CHANGED, orNull(number))),
});

const days = list<MeasuredDay>((value, at) => ({
  ...all(["date"], string)(value, at),
  ...all(["viewsCorrected", "gaps"], number)(value, at),
  ...all(OF_DAY, orNull(number))(value, at),
}));

const post: Read<MeasuredPost> = (value, at) => ({
  ...all(["contentId", "platform", "account", "title", "lastUpdatedAt"], string)(value, at),
  ...all(["publishedAt"], orNull(string))(value, at),
  ...all(OF_POST, orNull(number))(value, at),
});

const measurement: Read<Measurement> = (value, at) => ({
  ...all(["userId", "asOf"], string)(value, at),
  period: member(value, at, "period", (period, where) => ({
    ...all(["start", "end", "tz"], string)(period, where),
    ...all(["days"], number)(period, where),
  })),
  viewsAre: member(value, at, "viewsAre", list(string)),
});

/** Read the answer of `GET /api/v1/analytics/dashboard`; throws `WireError` where it is another. */
export function decodePlatformsDashboard(body: unknown): PlatformsDashboard {
  const path = "platforms";
  return {
    ...measurement(body, path),
    ...beside(body, path),
    trend: member(body, path, "trend", days),
    platforms: member(
      body,
      path,
      "platforms",
      list((value, at) => ({ ...all(["platform"], string)(value, at), ...beside(value, at) })),
    ),
    topContent: member(body, path, "topContent", list(post)),
  };
}

const told: Read<ToldNumber> = (value, at) => ({
  ...all(["name", "unit", "observedAt", "means"], string)(value, at),
  ...all(["value"], number)(value, at),
  ...all(["currency"], orNull(string))(value, at),
});

/** Read the answer of `GET /api/v1/analytics/platform/{platform}`; throws `WireError` where it is another. */
export function decodeOnePlatform(body: unknown): OnePlatform {
  const path = "platform";
  return {
    ...measurement(body, path),
    ...beside(body, path),
    platform: member(body, path, "platform", string),
    trend: member(body, path, "trend", days),
    accounts: member(
      body,
      path,
      "accounts",
      list((value, at) => ({
        ...all(["account"], string)(value, at),
        numbers: member(value, at, "numbers", list(told)),
      })),
    ),
    topContent: member(body, path, "topContent", list(post)),
  };
}

/** Read the answer of `GET /api/v1/analytics/compare`; throws `WireError` where it is another. */
export function decodeComparedPlatforms(body: unknown): ComparedPlatforms {
  const one: Read<ComparedPlatform> = (value, at) => ({
    ...member(value, at, "numbers", (numbers, where) => ({
      ...all(["platform"], string)(numbers, where),
      ...beside(numbers, where),
    })),
    ...all(["viewsPerPost", "engagementPerPost"], orNull(number))(value, at),
    trend: member(value, at, "trend", days),
    best: member(value, at, "best", orNull(post)),
    viewIs: member(value, at, "viewIs", string),
  });
  return {
    ...measurement(body, "compared"),
    platforms: member(body, "compared", "platforms", list(one)),
  };
}
