import { PLATFORMS, type Platform } from "@streakline/web";
import { askedZone } from "../address.ts";

/** What of the page is shown. */
export const PARTS = { overview: "Overview", compare: "Compare", connections: "Connections" } as const;
export type Part = keyof typeof PARTS;

/** Days back, as `timeRange` has them; the first one is the default. */
export const RANGES = ["30d", "7d", "90d"] as const;
export type Range = (typeof RANGES)[number];

export const MEASURES = ["engagement", "views"] as const;
export type Measure = (typeof MEASURES)[number];

export interface PlatformsAsked {
  /** The person that the address names; null for the one whose link it is. */
  readonly user: string | null;
  /** The one platform that is shown; null for all. */
  readonly platform: Platform | null;
  readonly part: Part;
  readonly range: Range;
  /** What the trend counts. */
  readonly measure: Measure;
  /** The zone that the address asks for; null for the owner's own. */
  readonly zone: string | null;
}

/** What the address asks for; what it asks wrongly is the default. */
export function platformsAsked(query: URLSearchParams): PlatformsAsked {
  const known = <T extends string>(name: string, of: readonly T[]) =>
    of.find((one) => one === query.get(name));
  const platform = known("platform", PLATFORMS) ?? null;
  const parts = Object.keys(PARTS) as Part[];
  return {
    user: query.get("user") || null,
    platform,
    part: platform === null ? (known("show", parts) ?? "overview") : "overview",
    range: known("timeRange", RANGES) ?? RANGES[0],
    measure: known("measure", MEASURES) ?? MEASURES[0],
    zone: askedZone(query),
  };
}

/** The path of a question about numbers; `of` is its end, "dashboard". */
export function measuredPath(of: string, { user, range, zone }: PlatformsAsked): string {
  const query = new URLSearchParams();
  // 30 whole days are what is answered for without a range; a range would begin within a day more
  if (range !== RANGES[0]) query.set("timeRange", range);
  if (zone !== null) query.set("tz", zone);
  if (user !== null) query.set("user", user);
  return `api/v1/analytics/${of}${query.size > 0 ? `?${query}` : ""}`;
}

/** The path of a question about connections. */
export function connectionsPath(
  of: string,
  { user }: Pick<PlatformsAsked, "user">,
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams(more);
  if (user !== null) query.set("user", user);
  return `api/v1/analytics/${of}${query.size > 0 ? `?${query}` : ""}`;
}

const NAMES: Readonly<Record<Platform | "tiktok-business", string>> = {
  youtube: "YouTube",
  tiktok: "TikTok",
  "tiktok-business": "TikTok for business",
  instagram: "Instagram",
  twitter: "Twitter",
};

/** A platform, or a way to connect to one, as people write it. */
export function platformName(platform: string): string {
  return NAMES[platform as keyof typeof NAMES] ?? platform;
}
