import type { ContentAnalytics, DayOfContent, HourOfContent } from "@streakline/web";
import { type Cell, csvText } from "../csv.ts";

/** All 24 hours of the day, those without plays as 0. */
export function wholeDay(hours: readonly HourOfContent[]): readonly HourOfContent[] {
  const plays = new Map(hours.map((hour) => [hour.hour, hour.plays]));
  return Array.from({ length: 24 }, (_, hour) => ({ hour, plays: plays.get(hour) ?? 0 }));
}

/** Plays and likes of all the days together. */
export function sumOf(days: readonly DayOfContent[]): { plays: number; likes: number } {
  return days.reduce((sum, day) => ({ plays: sum.plays + day.plays, likes: sum.likes + day.likes }), {
    plays: 0,
    likes: 0,
  });
}

/** A length in seconds as a player shows it: `2:47`, `1:00:00`. */
export function length(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Everything the page shows, one number a row, for a spreadsheet; `range` in place of the last 30 days. */
export function csvOf(
  { lifetime, retention, daily, peakTimes }: ContentAnalytics,
  range: readonly (readonly Cell[])[] | null = null,
): string {
  const days = daily.flatMap((day) => [
    ["daily", day.date, "plays", day.plays],
    ["daily", day.date, "likes", day.likes],
  ]);
  return csvText([
    ["part", "at", "measure", "value"],
    ...Object.entries(lifetime).map(([measure, value]) => ["lifetime", "", measure, value]),
    ["retention", "", "avgWatchTime", retention.avgWatchTime],
    ["retention", "", "completionRate", retention.completionRate],
    ...retention.dropOffPoints.map((point) => ["dropOff", point.time, "percentage", point.percentage]),
    ...(range ?? days),
    ...wholeDay(peakTimes).map(({ hour, plays }) => ["hours", hour, "plays", plays]),
  ]);
}
