import type { ShareStats } from "@streakline/web";
import { csvText } from "../csv.ts";

/** Days that the statistics may be asked for. */
export const PERIODS = [7, 30, 90] as const;
export type Period = (typeof PERIODS)[number];

/** The days that an address asks for; what it asks wrongly is the default, 30. */
export function daysOf(query: URLSearchParams): Period {
  const days = Number(query.get("days"));
  return PERIODS.find((known) => known === days) ?? PERIODS[1];
}

/** Whether the range begins within its first UTC day, so that this day's shares are not all in it. */
export function beginsWithin(asOf: string): boolean {
  return Date.parse(asOf) % 86_400_000 !== 0;
}

/** Everything the page shows, one number a row, for a spreadsheet. */
export function sharesCsv(stats: ShareStats): string {
  return csvText([
    ["part", "id", "name", "shares"],
    ["total", "", stats.period, stats.totalShares],
    ...stats.dailyShares.map((day) => ["day", day.date, "", day.count]),
    ...Object.entries(stats.platformStats).map(([platform, count]) => ["platform", platform, "", count]),
    ...stats.mostSharedApps.map((app) => ["app", app.appId, app.appName, app.shareCount]),
  ]);
}
