import { list, member, number, orNull, string } from "./reading.ts";

/** Counts of one day of the zone; `date` is its `YYYY-MM-DD`. */
export interface DayOfContent {
  readonly date: string;
  readonly plays: number;
  readonly likes: number;
}

/** Plays that began in an hour of the zone's day, 0 to 23. */
export interface HourOfContent {
  readonly hour: number;
  readonly plays: number;
}

/** How many per cent had stopped before `time`, in seconds. */
export interface DropOffPoint {
  readonly time: number;
  readonly percentage: number;
}

/** The answer of `GET /api/analytics/mashups/{id}`. */
export interface ContentAnalytics {
  /** `createdAt` is an ISO moment, empty where there is none; `createdAtIs` is `stated` or `first event`. */
  readonly mashup: {
    readonly id: string;
    readonly title: string;
    readonly createdAt: string;
    readonly createdAtIs: string;
  };
  readonly lifetime: {
    readonly plays: number;
    readonly uniquePlays: number;
    readonly uniqueListeners: number;
    readonly likes: number;
    readonly shares: number;
    readonly comments: number;
  };
  /** Whole seconds and whole per cent, null where no play tells. */
  readonly retention: {
    readonly avgWatchTime: number | null;
    readonly completionRate: number | null;
    readonly dropOffPoints: readonly DropOffPoint[];
  };
  readonly daily: readonly DayOfContent[];
  /** Only hours with plays, most first. */
  readonly peakTimes: readonly HourOfContent[];
  readonly tz: string;
  readonly asOf: string;
}

/** Read the answer of `GET /api/analytics/mashups/{id}`; throws `WireError` where it is another. */
export function decodeContentAnalytics(body: unknown): ContentAnalytics {
  const path = "analytics";
  return {
    mashup: member(body, path, "mashup", (value, at) => ({
      id: member(value, at, "id", string),
      title: member(value, at, "title", string),
      createdAt: member(value, at, "createdAt", string),
      createdAtIs: member(value, at, "createdAtIs", string),
    })),
    lifetime: member(body, path, "lifetime", (value, at) => ({
      plays: member(value, at, "plays", number),
      uniquePlays: member(value, at, "uniquePlays", number),
      uniqueListeners: member(value, at, "uniqueListeners", number),
      likes: member(value, at, "likes", number),
      shares: member(value, at, "shares", number),
      comments: member(value, at, "comments", number),
    })),
    retention: member(body, path, "retention", (value, at) => ({
      avgWatchTime: member(value, at, "avgWatchTime", orNull(number)),
      completionRate: member(value, at, "completionRate", orNull(number)),
      dropOffPoints: member(
        value,
        at,
        "dropOffPoints",
        list((point, where) => ({
          time: member(point, where, "time", number),
          percentage: member(point, where, "percentage", number),
        })),
      ),
    })),
    daily: member(
      body,
      path,
      "daily",
      list((day, at) => ({
        date: member(day, at, "date", string),
        plays: member(day, at, "plays", number),
        likes: member(day, at, "likes", number),
      })),
    ),
    peakTimes: member(
      body,
      path,
      "peakTimes",
      list((hour, at) => ({
        hour: member(hour, at, "hour", number),
        plays: member(hour, at, "plays", number),
      })),
    ),
    tz: member(body, path, "tz", string),
    asOf: member(body, path, "asOf", string),
  };
}
