import { type ArtistStats, RATES, type Rate, type RecentEvent } from "@streakline/web";
import { ContentLink } from "../content/ContentLink.tsx";
import { length } from "../content/figures.ts";
import { Count } from "../content/Sections.tsx";
import type { TimeRange } from "../content/view.ts";
import { dayAndTime, whole } from "../format.ts";
import { Parts } from "../parts/Parts.tsx";
import { change } from "./figures.ts";

interface StatsProps {
  readonly stats: ArtistStats;
}

const TIMES: Readonly<Record<TimeRange, string>> = {
  "24h": "The last 24 hours",
  "7d": "The last 7 days",
  "30d": "The last 30 days",
  "90d": "The last 90 days",
  "1y": "The last year",
  all: "Since the beginning",
};

export function Overview({ stats, timeRange }: StatsProps & { readonly timeRange: TimeRange }) {
  const { overview, artistProfile, growthMetrics: growth } = stats;
  const before = (previous: number | null, percent: number | null) =>
    previous === null ? "" : `${whole(previous)} before${percent === null ? "" : `, ${change(percent)}`}`;
  return (
    <section className="ledger lifetime" aria-labelledby="creator-overview">
      <h2 id="creator-overview">{TIMES[timeRange]}</h2>
      <dl>
        <Count
          id="creator.plays"
          label="Plays"
          hint="that count"
          large
          before={before(growth.previousPlays, growth.plays)}
        >
          {whole(overview.totalPlays)}
        </Count>
        <Count id="creator.listeners" label="Listeners" hint="different ones" large>
          {whole(overview.uniqueListeners)}
        </Count>
        <Count id="creator.likes" label="Likes" hint="" before={before(growth.previousLikes, growth.likes)}>
          {whole(overview.totalLikes)}
        </Count>
        <Count
          id="creator.shares"
          label="Shares"
          hint=""
          before={before(growth.previousShares, growth.shares)}
        >
          {whole(overview.totalShares)}
        </Count>
        <Count id="creator.followers" label="Followers" hint="at the end of the time">
          {whole(artistProfile.followers)}
        </Count>
        <Count id="creator.tracks" label="Tracks" hint="that are the creator’s now">
          {whole(overview.totalTracks)}
        </Count>
        <Count id="creator.avgDuration" label="Play time" hint="mean of a play, minutes and seconds">
          {overview.avgDuration === null ? "–" : length(Math.round(overview.avgDuration))}
        </Count>
        <Count id="creator.following" label="Following" hint="creators">
          {whole(artistProfile.following)}
        </Count>
      </dl>
    </section>
  );
}

export function TopTracks({ stats: { topTracks, overview } }: StatsProps) {
  return (
    <section className="list" aria-labelledby="creator-top">
      <header className="section-head">
        <h2 id="creator-top">Top tracks</h2>
        <p className="column">plays, per cent</p>
      </header>
      <Parts
        parts={topTracks.map(({ trackId, title, plays }) => ({
          key: trackId,
          name: <ContentLink id={trackId}>{title}</ContentLink>,
          value: plays,
        }))}
        total={overview.totalPlays}
        unit="plays"
        empty="Nothing was played in this time."
      />
    </section>
  );
}

const RATE_NAMES: Readonly<Record<Rate, string>> = {
  likeRate: "Likes",
  shareRate: "Shares",
  saveRate: "Saves",
  downloadRate: "Downloads",
  completionRate: "Completion",
};

export function Engagement({ stats: { engagementMetrics: rates, overview } }: StatsProps) {
  const counts: Readonly<Record<Rate, number | null>> = {
    likeRate: overview.totalLikes,
    shareRate: overview.totalShares,
    saveRate: overview.totalSaves,
    downloadRate: overview.totalDownloads,
    completionRate: null,
  };
  return (
    <section className="list" aria-labelledby="creator-engagement">
      <header className="section-head">
        <h2 id="creator-engagement">Engagement</h2>
        <p className="column">count, per cent of plays</p>
      </header>
      <ol className="parts">
        {RATES.map((rate) => (
          <li key={rate} data-figure={`creator.${rate}`}>
            <span className="parts-name">{RATE_NAMES[rate]}</span>
            <span className="parts-value">{counts[rate] === null ? "mean" : whole(counts[rate])}</span>
            <span className="parts-percent">{rates[rate] === null ? "–" : `${rates[rate]}%`}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function Playlists({ stats: { playlistStats: lists } }: StatsProps) {
  const { total, pending, accepted, declined } = lists.submissionCounts;
  const rows = [
    ["Playlists that hold a track", lists.featuredIn],
    ["Plays from playlists", lists.playsFromPlaylists],
    ["Own playlists", lists.totalPlaylists],
    ["Submissions", total],
    ["pending", pending],
    ["accepted", accepted],
    ["declined", declined],
  ] as const;
  return (
    <section className="list" aria-labelledby="creator-playlists">
      <h2 id="creator-playlists">Playlists</h2>
      <ol className="parts">
        {rows.map(([name, value], index) => (
          <li key={name} className={index > 3 ? "is-part" : ""}>
            <span className="parts-name">{name}</span>
            <span className="parts-value">{whole(value)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

interface RecentProps {
  readonly title: string;
  readonly events: readonly RecentEvent[];
  readonly zone: string;
  readonly empty: string;
}

/** What happened last: which track, when, from where; never who. */
export function Recent({ title, events, zone, empty }: RecentProps) {
  const id = `creator-${title.replace(" ", "-").toLowerCase()}`;
  return (
    <section className="list" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {events.length === 0 && <p className="empty">{empty}</p>}
      <ol className="recent">
        {events.map((event, index) => (
          // two plays of one track may begin in the same millisecond
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are never moved, the list is drawn anew
          <li key={`${event.timestamp} ${event.trackId} ${index}`}>
            <span className="parts-name">
              <ContentLink id={event.trackId}>{event.title}</ContentLink>
            </span>
            <span className="recent-where">
              {[event.source, event.country].filter((word) => word !== null).join(", ")}
            </span>
            <time dateTime={event.timestamp}>{dayAndTime(Date.parse(event.timestamp), zone)}</time>
          </li>
        ))}
      </ol>
    </section>
  );
}
