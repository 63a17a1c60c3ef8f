import {
  all,
  boolean,
  list,
  mapped,
  member,
  number,
  orNull,
  type Read,
  record,
  string,
  WireError,
} from "./reading.ts";

const STATUSES = ["active", "atRisk", "frozen", "broken"] as const;

/** The answer of `GET /api/analytics/streak`: days in a row on which a person played something. */
export interface Streak {
  readonly userId: string;
  readonly currentStreak: number;
  readonly streakStartDate: string | null;
  readonly longestStreak: number;
  readonly longestStreakStart: string | null;
  readonly lastWatchedDate: string | null;
  readonly status: (typeof STATUSES)[number];
  readonly freezes: { readonly balance: number; readonly most: number };
  /** The moment at which the streak breaks without a play. */
  readonly playBefore: string | null;
  readonly daysWatched: number;
  readonly asOf: string;
}

/** Read the answer of `GET /api/analytics/streak`; throws `WireError` where it is another. */
export function decodeStreak(body: unknown): Streak {
  const path = "streak";
  return {
    ...all(["userId", "asOf"], string)(body, path),
    ...all(["currentStreak", "longestStreak", "daysWatched"], number)(body, path),
    ...all(["streakStartDate", "longestStreakStart", "lastWatchedDate", "playBefore"], orNull(string))(
      body,
      path,
    ),
    status: member(body, path, "status", oneOf(STATUSES)),
    freezes: member(body, path, "freezes", all(["balance", "most"], number)),
  };
}

/** The answer of `GET /api/analytics/milestones`: how many different ones of each kind were finished. */
export interface Milestones {
  /** Newest first. */
  readonly milestones: readonly {
    readonly milestoneType: string;
    readonly metricAchieved: number;
    readonly achievementDate: string;
    readonly celebrationTier: string;
    readonly historicalContext: string;
  }[];
  /** Of each kind how far the next one is; null after the last one. */
  readonly progress: readonly {
    readonly milestoneType: string;
    readonly finished: number;
    readonly next: number | null;
    readonly remaining: number | null;
    readonly celebrationTier: string | null;
  }[];
}

/** Read the answer of `GET /api/analytics/milestones`; throws `WireError` where it is another. */
export function decodeMilestones(body: unknown): Milestones {
  const path = "milestones";
  return {
    milestones: member(
      body,
      path,
      "milestones",
      list((value, at) => ({
        ...all(["milestoneType", "achievementDate", "celebrationTier", "historicalContext"], string)(
          value,
          at,
        ),
        ...all(["metricAchieved"], number)(value, at),
      })),
    ),
    progress: member(
      body,
      path,
      "progress",
      list((value, at) => ({
        ...all(["milestoneType"], string)(value, at),
        ...all(["finished"], number)(value, at),
        ...all(["next", "remaining"], orNull(number))(value, at),
        ...all(["celebrationTier"], orNull(string))(value, at),
      })),
    ),
  };
}

export const PERIODS = ["week", "month", "year", "all"] as const;
export type Period = (typeof PERIODS)[number];

/** Name -> hours, most first. */
export type HoursBy = Readonly<Record<string, number>>;

/** The answer of `GET /api/analytics/viewing-time`: the hours of a person in a period to date. */
export interface ViewingTime {
  readonly timePeriod: Period;
  readonly totalHours: number;
  readonly contentBreakdown: HoursBy;
  readonly platformDistribution: HoursBy;
  readonly genreDistribution: HoursBy;
  /** Change in per cent since the same part of the period before; null of `all`, and of nothing. */
  readonly comparisonToPreviousPeriod: number | null;
  readonly previousHours: number | null;
  readonly plays: number;
  readonly playsWithoutDuration: number;
  readonly totalMovies: number;
  readonly totalShows: number;
  readonly totalEpisodes: number;
  /** By the hour of the clock, from midnight on. */
  readonly hourDistribution: readonly number[];
}

/** Read the answer of `GET /api/analytics/viewing-time`; throws `WireError` where it is another. */
export function decodeViewingTime(body: unknown): ViewingTime {
  const path = "viewingTime";
  const hoursBy: Read<HoursBy> = (value, at) => mapped(record(value, at), at, number);
  return {
    timePeriod: member(body, path, "timePeriod", oneOf(PERIODS)),
    ...all(
      ["totalHours", "plays", "playsWithoutDuration", "totalMovies", "totalShows", "totalEpisodes"],
      number,
    )(body, path),
    ...all(["contentBreakdown", "platformDistribution", "genreDistribution"], hoursBy)(body, path),
    ...all(["comparisonToPreviousPeriod", "previousHours"], orNull(number))(body, path),
    hourDistribution: member(body, path, "hourDistribution", list(number)),
  };
}

/** The answer of `GET /api/v1/people/{id}/record`: what a person played over all time. */
export interface PersonRecord {
  readonly plays: number;
  readonly hours: number;
  readonly contents: number;
  readonly topContents: readonly {
    readonly contentId: string;
    readonly title: string;
    readonly plays: number;
  }[];
  readonly topCreators: readonly {
    readonly creatorId: string;
    readonly name: string;
    readonly plays: number;
  }[];
  readonly recent: readonly {
    readonly contentId: string;
    readonly title: string;
    readonly timestamp: string;
    readonly platform: string | null;
  }[];
  /** Days with a play in this week and the 52 before it. */
  readonly days: readonly { readonly date: string; readonly plays: number }[];
  readonly asOf: string;
}

/** Read the answer of `GET /api/v1/people/{id}/record`; throws `WireError` where it is another. */
export function decodePersonRecord(body: unknown): PersonRecord {
  const path = "record";
  return {
    ...all(["asOf"], string)(body, path),
    ...all(["plays", "hours", "contents"], number)(body, path),
    topContents: member(body, path, "topContents", list(played(["contentId", "title"]))),
    topCreators: member(body, path, "topCreators", list(played(["creatorId", "name"]))),
    recent: member(
      body,
      path,
      "recent",
      list((value, at) => ({
        ...all(["contentId", "title", "timestamp"], string)(value, at),
        ...all(["platform"], orNull(string))(value, at),
      })),
    ),
    days: member(body, path, "days", list(played(["date"]))),
  };
}

export const MODES = ["calendar-day", "rolling-24h"] as const;
export type Mode = (typeof MODES)[number];
const FREEZE_STATES = ["held", "used", "lost"] as const;

/** The answer of `GET /api/v1/people/{id}`: what is stated of a person's streak. Days are `2026-11-20`. */
export interface Person {
  readonly userId: string;
  /** Null where nobody stated one. */
  readonly zone: string | null;
  readonly mode: Mode;
  readonly weekendsOff: boolean;
  readonly freezes: {
    readonly balance: number;
    readonly most: number;
    /** The days that one covers, in order. */
    readonly used: readonly string[];
    /** Every one that was got, in order; `usedFor` is the day that it covers. */
    readonly got: readonly {
      readonly id: string;
      readonly day: string;
      readonly state: (typeof FREEZE_STATES)[number];
      readonly usedFor: string | null;
    }[];
  };
  readonly pauses: readonly { readonly id: string; readonly from: string; readonly to: string }[];
  readonly repairs: readonly { readonly id: string; readonly day: string; readonly holds: boolean }[];
  /** Missed days of which a repair that is made now holds, with the streak there would be and the days gained. */
  readonly repairable: readonly {
    readonly day: string;
    readonly currentStreak: number;
    readonly gained: number;
  }[];
  /** The day from which on another repair holds; null if that is today. */
  readonly nextRepair: string | null;
  readonly tz: string;
  readonly asOf: string;
}

/** Read the answer of `GET /api/v1/people/{id}`; throws `WireError` where it is another. */
export function decodePerson(body: unknown): Person {
  const path = "person";
  return {
    ...all(["userId", "tz", "asOf"], string)(body, path),
    ...all(["zone", "nextRepair"], orNull(string))(body, path),
    mode: member(body, path, "mode", oneOf(MODES)),
    weekendsOff: member(body, path, "weekendsOff", boolean),
    freezes: member(body, path, "freezes", (freezes, at) => ({
      ...all(["balance", "most"], number)(freezes, at),
      used: member(freezes, at, "used", list(string)),
      got: member(
        freezes,
        at,
        "got",
        list((one, where) => ({
          ...all(["id", "day"], string)(one, where),
          state: member(one, where, "state", oneOf(FREEZE_STATES)),
          usedFor: member(one, where, "usedFor", orNull(string)),
        })),
      ),
    })),
    pauses: member(body, path, "pauses", list(all(["id", "from", "to"], string))),
    repairs: member(
      body,
      path,
      "repairs",
      list((one, at) => ({
        ...all(["id", "day"], string)(one, at),
        holds: member(one, at, "holds", boolean),
      })),
    ),
    repairable: member(
      body,
      path,
      "repairable",
      list((one, at) => ({
        day: member(one, at, "day", string),
        ...all(["currentStreak", "gained"], number)(one, at),
      })),
    ),
  };
}

/** Read the position in the answer to a statement about a person; throws `WireError` where it is another. */
export function decodeStated(body: unknown): string {
  return member(body, "stated", "position", string);
}

/** Reads one of some texts. */
function oneOf<T extends string>(choices: readonly T[]): Read<T> {
  return (value, at) => {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new WireError(at, `one of ${choices.join(", ")}`, value);
    return found;
  };
}

function played<N extends string>(names: readonly N[]) {
  return (value: unknown, at: string) => ({
    ...all(names, string)(value, at),
    ...all(["plays"], number)(value, at),
  });
}
