import { all, list, member, number, orNull, string } from "./reading.ts";

/** A play or a like of a creator's content, without who it was. */
export interface RecentEvent {
  readonly trackId: string;
  readonly title: string;
  readonly timestamp: string;
  readonly source: string | null;
  readonly country: string | null;
}

/** The answer of `GET /api/dashboard/stats`: a creator's contents over a range. */
export interface ArtistStats {
  readonly asOf: string;
  readonly overview: {
    readonly totalTracks: number;
    readonly totalPlays: number;
    readonly totalLikes: number;
    readonly totalShares: number;
    readonly totalDownloads: number;
    readonly totalSaves: number;
    readonly uniqueListeners: number;
    readonly avgDuration: number | null;
    readonly avgCompletionRate: number | null;
  };
  readonly artistProfile: {
    readonly id: string;
    readonly name: string;
    readonly followers: number;
    readonly following: number;
  };
  readonly recentActivity: {
    readonly plays: readonly RecentEvent[];
    readonly likes: readonly RecentEvent[];
  };
  readonly topTracks: readonly {
    readonly trackId: string;
    readonly title: string;
    readonly plays: number;
  }[];
  /** Per cent of the plays. */
  readonly engagementMetrics: Readonly<Record<Rate, number | null>>;
  readonly playlistStats: {
    readonly totalPlaylists: number;
    readonly submissionCounts: Readonly<Record<"total" | "pending" | "accepted" | "declined", number>>;
    readonly featuredIn: number;
    readonly playsFromPlaylists: number;
  };
  /** Change in per cent since the range before, and what was counted in it; null for all time. */
  readonly growthMetrics: Readonly<
    Record<"plays" | "likes" | "shares" | "previousPlays" | "previousLikes" | "previousShares", number | null>
  >;
}

export const RATES = ["likeRate", "shareRate", "saveRate", "downloadRate", "completionRate"] as const;
export type Rate = (typeof RATES)[number];

/** Read the answer of `GET /api/dashboard/stats`; throws `WireError` where it is another. */
export function decodeArtistStats(body: unknown): ArtistStats {
  const path = "stats";
  return {
    asOf: member(body, path, "asOf", string),
    overview: member(body, path, "overview", (value, at) => ({
      ...all(
        [
          "totalTracks",
          "totalPlays",
          "totalLikes",
          "totalShares",
          "totalDownloads",
          "totalSaves",
          "uniqueListeners",
        ],
        number,
      )(value, at),
      ...all(["avgDuration", "avgCompletionRate"], orNull(number))(value, at),
    })),
    artistProfile: member(body, path, "artistProfile", (value, at) => ({
      ...all(["id", "name"], string)(value, at),
      ...all(["followers", "following"], number)(value, at),
    })),
    recentActivity: member(body, path, "recentActivity", all(["plays", "likes"], list(recent))),
    topTracks: member(
      body,
      path,
      "topTracks",
      list((value, at) => ({
        ...all(["trackId", "title"], string)(value, at),
        ...all(["plays"], number)(value, at),
      })),
    ),
    engagementMetrics: member(body, path, "engagementMetrics", all(RATES, orNull(number))),
    playlistStats: member(body, path, "playlistStats", (value, at) => ({
      ...all(["totalPlaylists", "featuredIn", "playsFromPlaylists"], number)(value, at),
      submissionCounts: member(
        value,
        at,
        "submissionCounts",
        all(["total", "pending", "accepted", "declined"], number),
      ),
    })),
    growthMetrics: member(
      body,
      path,
      "growthMetrics",
      all(["plays", "likes", "shares", "previousPlays", "previousLikes", "previousShares"], orNull(number)),
    ),
  };
}

/** The answer of `GET /api/analytics/dashboard`: a creator's contents by days. */
export interface CreatorDays {
  readonly days: readonly { readonly date: string; readonly plays: number; readonly likes: number }[];
  readonly sources: readonly { readonly source: string; readonly count: number }[];
  readonly countries: readonly { readonly country: string; readonly percentage: number }[];
  readonly devices: readonly { readonly device: string; readonly percentage: number }[];
}

/** Read the answer of `GET /api/analytics/dashboard`; throws `WireError` where it is another. */
export function decodeCreatorDays(body: unknown): CreatorDays {
  const path = "dashboard";
  return {
    days: member(body, path, "trends", (value, at) => {
      const days = list((day, where) => ({
        ...all(["date"], string)(day, where),
        ...all(["plays"], number)(day, where),
      }));
      const likes = member(value, at, "likesOverTime", list(all(["likes"], number)));
      return member(value, at, "playsOverTime", days).map((day, index) => ({
        ...day,
        likes: likes[index]?.likes ?? 0,
      }));
    }),
    sources: member(
      body,
      path,
      "sources",
      list((value, at) => ({
        ...all(["source"], string)(value, at),
        ...all(["count"], number)(value, at),
      })),
    ),
    ...member(body, path, "demographics", (value, at) => ({
      countries: member(value, at, "countries", list(share("country"))),
      devices: member(value, at, "devices", list(share("device"))),
    })),
  };
}

function share<T extends string>(name: T) {
  return (value: unknown, at: string) => ({
    ...all([name], string)(value, at),
    ...all(["percentage"], number)(value, at),
  });
}

function recent(value: unknown, at: string): RecentEvent {
  return {
    ...all(["trackId", "title", "timestamp"], string)(value, at),
    ...all(["source", "country"], orNull(string))(value, at),
  };
}
