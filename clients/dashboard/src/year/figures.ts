import type { Ranking, YearInReview } from "@streakline/web";
import { change } from "../creator/figures.ts";
import { type Cell, csvText } from "../csv.ts";
import { counted, dateAndYear, dateOf, dayAndTime, hoursText, whole } from "../format.ts";

export const MONTHS: readonly string[] = Array.from({ length: 12 }, (_, month) =>
  new Intl.DateTimeFormat("en", { timeZone: "UTC", month: "long" }).format(Date.UTC(2024, month)),
);
/** 1 January 2024 was a Monday. */
export const WEEKDAYS: readonly string[] = Array.from({ length: 7 }, (_, day) =>
  new Intl.DateTimeFormat("en", { timeZone: "UTC", weekday: "long" }).format(Date.UTC(2024, 0, day + 1)),
);

/** What the numbers are of, where the year is not over. */
export function soFar({ complete, asOf }: YearInReview, zone: string): string {
  return complete ? "" : `So far: the year is not over, and these are its plays up to ${when(asOf, zone)}.`;
}

function when(moment: string, zone: string): string {
  return dayAndTime(Date.parse(moment), zone);
}

/** What follows a ranking: how many more have as many plays as the last place. */
export function tiedWords({ first, tied }: Ranking): string {
  const last = first.at(-1);
  if (last === undefined || tied === 0) return "";
  return `${whole(tied)} more with ${counted(last.plays, "play")} each.`;
}

/** The busiest day, or how many share the most plays. */
export function busiestWords({ date, plays, tied }: YearInReview["busiestDay"]): string {
  if (tied.length === 0) return `${dateAndYear(date)}, with ${counted(plays, "play")}`;
  if (tied.length > 3)
    return `${whole(tied.length + 1)} days with ${counted(plays, "play")} each, none busier`;
  return `${[date, ...tied].map(dateOf).join(", ")}, with ${counted(plays, "play")} each`;
}

/** The longest streak with its days, or that there is none. */
export function streakWords(streak: YearInReview["longestStreak"]): string {
  if (streak === null) return "No two days in a row";
  return `${counted(streak.days, "day")}, from ${dateOf(streak.from)} to ${dateOf(streak.to)}`;
}

/** What was new in the year. */
export function firstWords({
  artists,
  titles,
  favoriteArtist,
  isFirstYear,
}: YearInReview["firstTimes"]): string {
  if (isFirstYear) return "Nothing is known of any time before, so all of it is new";
  const found = `${counted(artists, "artist")} and ${counted(titles, "title")} never played before`;
  return favoriteArtist === null ? found : `${found}; of the new artists ${favoriteArtist} was played most`;
}

/** The year before beside this one. */
export function beforeWords({ previousYear: before, year, complete }: YearInReview): string {
  const until = complete ? "" : " up to the same time";
  if (before === null) return `Nothing was played in ${year - 1}${until}`;
  const hours = `${hoursText(before.totalHours)} ${before.totalHours === 1 ? "hour" : "hours"}`;
  return `${counted(before.plays, "play")} and ${hours} on ${counted(before.daysWatched, "day")} in ${before.year}${until}`;
}

/** From this many times on, per cent say nothing to people. */
const MANY_TIMES = 10;

/** From the year before to this one, short: "+12% on 2013", "73 times 2013". */
export function changeWords(percent: number | null | undefined, before: number): string {
  if (percent === null || percent === undefined) return "";
  const times = Math.round(percent / 100 + 1);
  return times >= MANY_TIMES ? `${whole(times)} times ${before}` : `${change(percent)} on ${before}`;
}

/** Everything the page shows, one number a row, for a spreadsheet. */
export function yearCsv(year: YearInReview): string {
  const ranked = (part: string, { first }: Ranking): Cell[][] =>
    first.map(({ id, plays }) => [part, id, "plays", plays]);
  const spread = (part: string, names: readonly string[], measure: string, values: readonly number[]) =>
    values.map((value, index): Cell[] => [part, names[index] ?? String(index), measure, value]);
  const { viewingTrends: trends, longestStreak: streak, busiestDay: busiest, previousYear: before } = year;
  const totals = [
    "plays",
    "totalHours",
    "playsWithoutDuration",
    "daysWatched",
    "artists",
    "titles",
    "totalMoviesWatched",
    "totalShowsWatched",
    "totalEpisodesWatched",
  ] as const;
  return csvText([
    ["part", "at", "measure", "value"],
    ...totals.map((name): Cell[] => ["year", String(year.year), name, year[name]]),
    ...ranked("topArtists", year.topArtists),
    ...ranked("topTitles", year.topTitles),
    ...ranked("topGenres", year.topGenres),
    ...year.topRated.map(({ id, rating }): Cell[] => ["topRated", id, "rating", rating]),
    ...spread("months", MONTHS, "plays", trends.playsByMonth),
    ...spread("months", MONTHS, "hours", trends.hoursByMonth),
    ...spread("weekdays", WEEKDAYS, "plays", trends.playsByWeekday),
    ...spread("clock", [], "plays", trends.playsByHour),
    ...(streak === null ? [] : [["longestStreak", streak.from, "days", streak.days]]),
    ...[busiest.date, ...busiest.tied].map((date): Cell[] => ["busiestDay", date, "plays", busiest.plays]),
    ["firstTimes", "", "artists", year.firstTimes.artists],
    ["firstTimes", "", "titles", year.firstTimes.titles],
    ...(before === null
      ? []
      : (["plays", "totalHours", "daysWatched"] as const).map((name): Cell[] => [
          "previousYear",
          String(before.year),
          name,
          before[name],
        ])),
  ]);
}
