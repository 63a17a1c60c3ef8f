import type { Ranking, YearInReview } from "@streakline/web";
import type { ReactNode } from "react";
import { ContentLink } from "../content/ContentLink.tsx";
import { Count } from "../content/Sections.tsx";
import { counted, hoursText, whole } from "../format.ts";
import { beforeWords, busiestWords, changeWords, firstWords, streakWords, tiedWords } from "./figures.ts";

interface YearProps {
  readonly year: YearInReview;
}

/** How much it was, beside the year before. */
export function Totals({ year }: YearProps) {
  const { previousYear: before, playsWithoutDuration: untimed } = year;
  const films = year.totalMoviesWatched + year.totalEpisodesWatched > 0;
  const than = (percent: number | null | undefined) => changeWords(percent, year.year - 1);
  const plays = [than(before?.playsChange), untimed > 0 ? `${whole(untimed)} of unknown length` : ""];
  return (
    <section className="ledger" aria-labelledby="year-totals">
      <h2 id="year-totals">In all</h2>
      <dl>
        <Count
          id="year.hours"
          label="Hours"
          hint="of all plays begun"
          large
          before={than(before?.hoursChange)}
        >
          {hoursText(year.totalHours)}
        </Count>
        <Count
          id="year.plays"
          label="Plays"
          hint="that count"
          large
          before={plays.filter(Boolean).join(" · ")}
        >
          {whole(year.plays)}
        </Count>
        <Count id="year.days" label="Days" hint="with a play">
          {whole(year.daysWatched)}
        </Count>
        <Count id="year.artists" label="Artists" hint="different ones">
          {whole(year.artists)}
        </Count>
        <Count id="year.titles" label="Titles" hint="different ones">
          {whole(year.titles)}
        </Count>
        {films && (
          <>
            <Count id="year.movies" label="Movies" hint="finished">
              {whole(year.totalMoviesWatched)}
            </Count>
            <Count id="year.shows" label="Shows" hint="an episode finished">
              {whole(year.totalShowsWatched)}
            </Count>
            <Count id="year.episodes" label="Episodes" hint="finished">
              {whole(year.totalEpisodesWatched)}
            </Count>
          </>
        )}
      </dl>
    </section>
  );
}

/** What is worth remembering, in sentences. */
export function Moments({ year }: YearProps) {
  return (
    <section className="list content-days" aria-labelledby="year-moments">
      <h2 id="year-moments">Worth remembering</h2>
      {year.memorableMoments.length === 0 ? (
        <p className="empty">
          Too little was played for a story: {counted(year.plays, "play")} on{" "}
          {counted(year.daysWatched, "day")}.
        </p>
      ) : (
        <ol className="moments">
          {year.memorableMoments.map((moment) => (
            <li key={moment}>{moment}</li>
          ))}
        </ol>
      )}
    </section>
  );
}

interface RankedProps {
  readonly id: string;
  readonly title: string;
  readonly ranking: Ranking;
  readonly empty: string;
  readonly hint?: string;
  /** How a name is shown; as text where it is left out. */
  readonly named?: (one: Ranking["first"][number]) => ReactNode;
}

/** The first places of a ranking; equal numbers have one rank. */
export function Ranked({ id, title, ranking, empty, hint = "", named }: RankedProps) {
  const most = ranking.first[0]?.plays ?? 0;
  const notes = [tiedWords(ranking), ranking.first.length > 0 ? hint : ""].filter(Boolean);
  return (
    <section className="list" aria-labelledby={id}>
      <header className="section-head">
        <h2 id={id}>{title}</h2>
        <p className="column">plays</p>
      </header>
      {ranking.first.length === 0 && <p className="empty">{empty}</p>}
      <ol className="parts ranks">
        {ranking.first.map((one) => (
          <li key={one.id}>
            <span className="rank">{one.rank}</span>
            <span className="parts-name">{named ? named(one) : one.name}</span>
            <span className="parts-value">
              {whole(one.plays)}
              <span className="visually-hidden"> {one.plays === 1 ? "play" : "plays"}</span>
            </span>
            <span
              className="parts-line"
              style={{ transform: `scaleX(${one.plays / most})` }}
              aria-hidden="true"
            />
          </li>
        ))}
      </ol>
      {notes.length > 0 && <p className="hint">{notes.join(" ")}</p>}
    </section>
  );
}

/** What the person rated highest of what was played. */
export function Rated({ year }: YearProps) {
  if (year.topRated.length === 0) return null;
  return (
    <section className="list" aria-labelledby="year-rated">
      <header className="section-head">
        <h2 id="year-rated">Rated highest</h2>
        <p className="column">of 10</p>
      </header>
      <ol className="parts ranks">
        {year.topRated.map(({ id, name, rating }) => (
          <li key={id}>
            <span className="rank" />
            <span className="parts-name">
              <ContentLink id={id}>{name}</ContentLink>
            </span>
            <span className="parts-value">{hoursText(rating)}</span>
            <span className="parts-line" style={{ transform: `scaleX(${rating / 10})` }} aria-hidden="true" />
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Streak, busiest day, first times, and the year before. */
export function Marks({ year }: YearProps) {
  const marks = [
    ["streak", "Longest streak", streakWords(year.longestStreak)],
    ["busiest", "Busiest day", busiestWords(year.busiestDay)],
    ["first", "First times", firstWords(year.firstTimes)],
    ["before", "The year before", beforeWords(year)],
  ] as const;
  return (
    <section className="list content-days" aria-labelledby="year-marks">
      <h2 id="year-marks">Marks of the year</h2>
      <dl className="marks">
        {marks.map(([id, label, words]) => (
          <div key={id} data-figure={`year.${id}`}>
            <dt>{label}</dt>
            <dd>{words}.</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
