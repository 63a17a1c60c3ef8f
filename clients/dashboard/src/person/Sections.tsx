import type { Milestones, PersonRecord, Streak } from "@streakline/web";
import { ContentLink } from "../content/ContentLink.tsx";
import { Count } from "../content/Sections.tsx";
import { Recent } from "../creator/Sections.tsx";
import { counted, dateAndYear, dayAndTime, hoursText, whole } from "../format.ts";
import { Parts } from "../parts/Parts.tsx";
import { nextWords, statusWords } from "./figures.ts";

interface StreakProps {
  readonly streak: Streak;
  readonly zone: string;
}

export function StreakNow({ streak, zone }: StreakProps) {
  const since = (day: string | null, word: string) => (day === null ? "" : `${word} ${dateAndYear(day)}`);
  return (
    <section className="ledger" aria-labelledby="person-streak">
      <h2 id="person-streak">Streak</h2>
      <p className="page-figure" data-figure="person.status">
        {statusWords(streak, zone)}
      </p>
      <dl>
        <Count
          id="person.current"
          label="Now"
          hint="days in a row"
          large
          before={since(streak.streakStartDate, "since")}
        >
          {whole(streak.currentStreak)}
        </Count>
        <Count
          id="person.longest"
          label="Longest"
          hint="days in a row"
          large
          before={since(streak.longestStreakStart, "from")}
        >
          {whole(streak.longestStreak)}
        </Count>
        <Count
          id="person.watched"
          label="Days"
          hint="with a play, of all time"
          before={since(streak.lastWatchedDate, "last on")}
        >
          {whole(streak.daysWatched)}
        </Count>
        <Count
          id="person.freezes"
          label="Freezes"
          hint="that can hold a missed day"
          before={`of at most ${whole(streak.freezes.most)}`}
        >
          {whole(streak.freezes.balance)}
        </Count>
      </dl>
    </section>
  );
}

const KINDS: Readonly<Record<string, string>> = {
  movie: "Movies",
  show: "Shows",
  episode: "Episodes",
  track: "Tracks",
};

export function NextMilestones({ milestones: { progress } }: { readonly milestones: Milestones }) {
  return (
    <section className="list" aria-labelledby="person-milestones">
      <header className="section-head">
        <h2 id="person-milestones">Milestones</h2>
        <p className="column">different ones finished</p>
      </header>
      <ol className="parts">
        {progress.map((one) => (
          <li key={one.milestoneType} data-figure={`person.${one.milestoneType}`}>
            <span className="parts-name">{KINDS[one.milestoneType] ?? one.milestoneType}</span>
            <span className="milestone-words">{nextWords(one)}</span>
            <span
              className="parts-line"
              style={{ transform: `scaleX(${one.next === null ? 1 : one.finished / one.next})` }}
              aria-hidden="true"
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface ReachedProps {
  readonly milestones: Milestones;
  readonly zone: string;
}

export function Reached({ milestones: { milestones }, zone }: ReachedProps) {
  return (
    <section className="list" aria-labelledby="person-reached">
      <h2 id="person-reached">Reached</h2>
      {milestones.length === 0 && <p className="empty">No milestone yet: the first is 10 of a kind.</p>}
      <ol className="recent">
        {milestones.map((one) => (
          <li key={`${one.milestoneType} ${one.metricAchieved}`}>
            <span className="parts-name">
              {counted(one.metricAchieved, one.milestoneType)}, {one.celebrationTier}
            </span>
            <span className="recent-where">{one.historicalContext}</span>
            <time dateTime={one.achievementDate}>{dayAndTime(Date.parse(one.achievementDate), zone)}</time>
          </li>
        ))}
      </ol>
    </section>
  );
}

interface PlayedProps {
  readonly record: PersonRecord;
  readonly zone: string;
}

/** What was played most and last. */
export function Played({ record, zone }: PlayedProps) {
  return (
    <>
      <section className="list" aria-labelledby="person-top">
        <header className="section-head">
          <h2 id="person-top">Played most</h2>
          <p className="column">plays, per cent</p>
        </header>
        <Parts
          parts={record.topContents.map(({ contentId, title, plays }) => ({
            key: contentId,
            name: <ContentLink id={contentId}>{title}</ContentLink>,
            value: plays,
          }))}
          total={record.plays}
          unit="plays"
          empty="Nothing was played yet."
        />
        <p className="hint" data-figure="person.record">
          {counted(record.plays, "play")} of {counted(record.contents, "content")}, {hoursText(record.hours)}{" "}
          hours in all.
        </p>
      </section>
      <section className="list" aria-labelledby="person-creators">
        <header className="section-head">
          <h2 id="person-creators">Creators played most</h2>
          <p className="column">plays, per cent</p>
        </header>
        <Parts
          parts={record.topCreators.map(({ creatorId, name, plays }) => ({
            key: creatorId,
            name,
            value: plays,
          }))}
          total={record.plays}
          unit="plays"
          empty="No creator is known of what was played."
        />
      </section>
      <Recent
        title="Last plays"
        zone={zone}
        empty="No play yet."
        events={record.recent.map(({ contentId, title, timestamp, platform }) => ({
          trackId: contentId,
          title,
          timestamp,
          source: platform,
          country: null,
        }))}
      />
    </>
  );
}
