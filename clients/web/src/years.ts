import { all, boolean, list, member, number, orNull, type Read, string } from "./reading.ts";

/** The answer of `GET /api/analytics/year-in-review`: the years in which a person played something, newest first. */
export interface PersonYears {
  readonly years: readonly {
    readonly year: number;
    readonly plays: number;
    readonly totalHours: number;
    readonly daysWatched: number;
  }[];
  readonly userId: string;
}

/** Read the answer of `GET /api/analytics/year-in-review`; throws `WireError` where it is another. */
export function decodePersonYears(body: unknown): PersonYears {
  const path = "personYears";
  const year = all(["year", "plays", "totalHours", "daysWatched"], number);
  return {
    years: member(body, path, "years", list(year)),
    userId: member(body, path, "userId", string),
  };
}

/** The first places of a ranking; `tied` more have as many plays as the last of them. */
export interface Ranking {
  readonly first: readonly {
    /** Equal numbers have one rank. */
    readonly rank: number;
    readonly id: string;
    readonly name: string;
    readonly plays: number;
  }[];
  readonly tied: number;
}

/** The answer of `GET /api/analytics/year-in-review/{year}`. Days are `YYYY-MM-DD` of the person's calendar. */
export interface YearInReview {
  readonly year: number;
  /** Whether the year is over. */
  readonly complete: boolean;
  readonly totalMoviesWatched: number;
  readonly totalShowsWatched: number;
  readonly totalEpisodesWatched: number;
  readonly totalHours: number;
  readonly plays: number;
  readonly playsWithoutDuration: number;
  readonly artists: number;
  readonly titles: number;
  readonly daysWatched: number;
  readonly topGenres: Ranking;
  readonly topArtists: Ranking;
  readonly topTitles: Ranking;
  /** By the person's newest rating, 0 to 10. */
  readonly topRated: readonly { readonly id: string; readonly name: string; readonly rating: number }[];
  readonly viewingTrends: {
    /** January to December. */
    readonly playsByMonth: readonly number[];
    readonly hoursByMonth: readonly number[];
    /** Monday to Sunday. */
    readonly playsByWeekday: readonly number[];
    /** By the hour of the clock, from midnight on. */
    readonly playsByHour: readonly number[];
  };
  /** Null where no two days are in a row. */
  readonly longestStreak: { readonly days: number; readonly from: string; readonly to: string } | null;
  /** Of what was never played before, in all of history. */
  readonly firstTimes: {
    readonly artists: number;
    readonly titles: number;
    readonly favoriteArtist: string | null;
    readonly isFirstYear: boolean;
  };
  readonly busiestDay: {
    readonly date: string;
    readonly plays: number;
    readonly tied: readonly string[];
  };
  /** Sentences; none where there is too little to speak of. */
  readonly memorableMoments: readonly string[];
  /** Up to the same time of the year where this one is not over; null if nothing was played in it. */
  readonly previousYear: {
    readonly year: number;
    readonly plays: number;
    readonly totalHours: number;
    readonly daysWatched: number;
    /** From it to this year in per cent. */
    readonly playsChange: number | null;
    readonly hoursChange: number | null;
  } | null;
  readonly userId: string;
  readonly tz: string;
  readonly asOf: string;
}

const ranking: Read<Ranking> = (value, at) => ({
  first: member(
    value,
    at,
    "first",
    list((one, where) => ({
      ...all(["rank", "plays"], number)(one, where),
      ...all(["id", "name"], string)(one, where),
    })),
  ),
  tied: member(value, at, "tied", number),
});

/** Read the answer of `GET /api/analytics/year-in-review/{year}`; throws `WireError` where it is another. */
export function decodeYearInReview(body: unknown): YearInReview {
  const path = "yearInReview";
  return {
    ...all(
      [
        "year",
        "totalMoviesWatched",
        "totalShowsWatched",
        "totalEpisodesWatched",
        "totalHours",
        "plays",
        "playsWithoutDuration",
        "artists",
        "titles",
        "daysWatched",
      ],
      number,
    )(body, path),
    complete: member(body, path, "complete", boolean),
    ...all(["topGenres", "topArtists", "topTitles"], ranking)(body, path),
    topRated: member(
      body,
      path,
      "topRated",
      list((one, at) => ({
        ...all(["id", "name"], string)(one, at),
        rating: member(one, at, "rating", number),
      })),
    ),
    viewingTrends: member(
      body,
      path,
      "viewingTrends",
      all(["playsByMonth", "hoursByMonth", "playsByWeekday", "playsByHour"], list(number)),
    ),
    longestStreak: member(
      body,
      path,
      "longestStreak",
      orNull((one, at) => ({
        days: member(one, at, "days", number),
        ...all(["from", "to"], string)(one, at),
      })),
    ),
    firstTimes: member(body, path, "firstTimes", (one, at) => ({
      ...all(["artists", "titles"], number)(one, at),
      favoriteArtist: member(one, at, "favoriteArtist", orNull(string)),
      isFirstYear: member(one, at, "isFirstYear", boolean),
    })),
    busiestDay: member(body, path, "busiestDay", (one, at) => ({
      date: member(one, at, "date", string),
      plays: member(one, at, "plays", number),
      tied: member(one, at, "tied", list(string)),
    })),
    memorableMoments: member(body, path, "memorableMoments", list(string)),
    previousYear: member(
      body,
      path,
      "previousYear",
      orNull((one, at) => ({
        ...all(["year", "plays", "totalHours", "daysWatched"], number)(one, at),
        ...all(["playsChange", "hoursChange"], orNull(number))(one, at),
      })),
    ),
    ...all(["userId", "tz", "asOf"], string)(body, path),
  };
}
