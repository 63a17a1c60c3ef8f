import type { ArtistStats, Creator, CreatorDays } from "@streakline/web";
import { TIME_RANGES, type TimeRange } from "../content/view.ts";
import { type Cell, csvText } from "../csv.ts";
import { whole } from "../format.ts";

export interface CreatorAsked {
  /** The creator that the address names; null for the one that the link speaks for. */
  readonly artist: string | null;
  readonly timeRange: TimeRange;
}

/** What the address asks for; what it asks wrongly is the default, 30 days. */
export function creatorAsked(query: URLSearchParams): CreatorAsked {
  const given = query.get("timeRange");
  return {
    artist: query.get("artist") || null,
    timeRange: TIME_RANGES.find((known) => known === given) ?? "30d",
  };
}

/** The query of both questions of the page. */
export function creatorQuery({ artist, timeRange }: CreatorAsked, zone: string): string {
  const query = new URLSearchParams({ timeRange, tz: zone });
  if (artist !== null) query.set("artist", artist);
  return query.toString();
}

type Day = CreatorDays["days"][number];

/** Most columns that a reader can tell apart. */
const MOST_DAYS = 92;
const MOST_WEEKS = 56 * 7;

export interface Spans {
  /** What a column is: "Day". */
  readonly heading: "Day" | "Week" | "Month";
  /** First day -> sums. */
  readonly spans: readonly Day[];
}

/** Days as columns of a chart: of a long time weeks from Monday on, or months. */
export function spansOf(days: readonly Day[]): Spans {
  if (days.length <= MOST_DAYS) return { heading: "Day", spans: days };
  if (days.length <= MOST_WEEKS) return { heading: "Week", spans: together(days, mondayOf) };
  return { heading: "Month", spans: together(days, (date) => `${date.slice(0, 7)}-01`) };
}

function together(days: readonly Day[], first: (date: string) => string): readonly Day[] {
  const sums = new Map<string, Day>();
  for (const day of days) {
    const date = first(day.date);
    const before = sums.get(date) ?? { date, plays: 0, likes: 0 };
    sums.set(date, { date, plays: before.plays + day.plays, likes: before.likes + day.likes });
  }
  return [...sums.values()];
}

/** The Monday of a day's week; both are `YYYY-MM-DD`. */
export function mondayOf(date: string): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7));
  return at.toISOString().slice(0, 10);
}

/** A change in per cent, with its sign; a dash where there is none. */
export function change(percent: number | null): string {
  if (percent === null) return "–";
  return `${percent > 0 ? "+" : percent < 0 ? "−" : ""}${Math.abs(percent)}%`;
}

/** Everything the page shows, one number a row, for a spreadsheet. */
export function creatorCsv(stats: ArtistStats, days: CreatorDays | null): string {
  const named = (part: string, values: Readonly<Record<string, number | null>>): Cell[][] =>
    Object.entries(values).map(([measure, value]) => [part, "", measure, value]);
  const { submissionCounts, ...playlists } = stats.playlistStats;
  return csvText([
    ["part", "at", "measure", "value"],
    ...named("overview", stats.overview),
    ["profile", stats.artistProfile.id, "followers", stats.artistProfile.followers],
    ["profile", stats.artistProfile.id, "following", stats.artistProfile.following],
    ...named("engagement", stats.engagementMetrics),
    ...named("growth", stats.growthMetrics),
    ...named("playlists", playlists),
    ...named("submissions", submissionCounts),
    ...stats.topTracks.map((track) => ["topTracks", track.trackId, "plays", track.plays]),
    ...(days?.days ?? []).flatMap((day) => [
      ["days", day.date, "plays", day.plays],
      ["days", day.date, "likes", day.likes],
    ]),
    ...(days?.sources ?? []).map(({ source, count }) => ["sources", source, "plays", count]),
    ...(days?.countries ?? []).map((one) => ["countries", one.country, "percentage", one.percentage]),
    ...(days?.devices ?? []).map((one) => ["devices", one.device, "percentage", one.percentage]),
  ]);
}

/** Of which contents the live numbers are; nothing where they are of all. */
export function followedOf({ followed, total }: Creator["contents"]): string {
  return followed < total ? `Of ${whole(total)} contents, the ${whole(followed)} with the most plays.` : "";
}
