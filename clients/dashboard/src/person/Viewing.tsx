import { PERIODS, type Period, type ViewingTime } from "@streakline/web";
import { Count } from "../content/Sections.tsx";
import { change } from "../creator/figures.ts";
import { hoursText, whole } from "../format.ts";
import { Columns } from "../parts/Columns.tsx";
import { Parts } from "../parts/Parts.tsx";
import { Segments } from "../parts/Segments.tsx";

const NAMES: Readonly<Record<Period, string>> = {
  week: "This week",
  month: "This month",
  year: "This year",
  all: "Since the beginning",
};
const CHOICES = PERIODS.map((value) => ({ value, label: value }));

interface ViewingProps {
  readonly viewing: ViewingTime;
  /** The period that is asked for; the hours may still be of the one before. */
  readonly asked: Period;
  readonly onPeriod: (period: Period) => void;
}

/** The hours of a period to date, beside the same part of the one before. */
export function Viewing({ viewing, asked, onPeriod }: ViewingProps) {
  const { timePeriod: period, previousHours, comparisonToPreviousPeriod: percent } = viewing;
  const before =
    previousHours === null
      ? ""
      : `${hoursText(previousHours)} by then in the ${period} before${percent === null ? "" : `, ${change(percent)}`}`;
  const untimed = viewing.playsWithoutDuration;
  return (
    <>
      <section className="ledger viewing" aria-labelledby="person-viewing">
        <header className="page-head">
          <h2 id="person-viewing">Viewing time: {NAMES[period].toLowerCase()}</h2>
          <Segments legend="Period" options={CHOICES} chosen={asked} onChoose={onPeriod} />
        </header>
        <dl>
          <Count id="person.hours" label="Hours" hint="of all plays begun" large before={before}>
            {hoursText(viewing.totalHours)}
          </Count>
          <Count
            id="person.plays"
            label="Plays"
            hint="that count"
            before={untimed === 0 ? "" : `${whole(untimed)} of unknown length`}
          >
            {whole(viewing.plays)}
          </Count>
          <Count id="person.movies" label="Movies" hint="finished">
            {whole(viewing.totalMovies)}
          </Count>
          <Count id="person.shows" label="Shows" hint="an episode finished">
            {whole(viewing.totalShows)}
          </Count>
          <Count id="person.episodes" label="Episodes" hint="finished">
            {whole(viewing.totalEpisodes)}
          </Count>
        </dl>
      </section>
      <HoursBy title="Types" hours={viewing.contentBreakdown} total={viewing.totalHours} />
      <HoursBy
        title="Genres"
        hours={viewing.genreDistribution}
        total={viewing.totalHours}
        hint="What has several genres counts for each of them."
      />
      <HoursBy title="Platforms" hours={viewing.platformDistribution} total={viewing.totalHours} />
      <Clock hours={viewing.hourDistribution} total={viewing.totalHours} />
    </>
  );
}

interface HoursByProps {
  readonly title: string;
  readonly hours: Readonly<Record<string, number>>;
  readonly total: number;
  readonly hint?: string;
}

function HoursBy({ title, hours, total, hint }: HoursByProps) {
  const id = `person-${title.toLowerCase()}`;
  return (
    <section className="list third" aria-labelledby={id}>
      <header className="section-head">
        <h2 id={id}>{title}</h2>
        <p className="column">hours, per cent</p>
      </header>
      <Parts
        parts={Object.entries(hours).map(([name, value]) => ({ key: name, name, value }))}
        total={total}
        unit="hours"
        format={hoursText}
        empty="Nothing was played in this time."
      />
      {hint && Object.keys(hours).length > 0 && <p className="hint">{hint}</p>}
    </section>
  );
}

function Clock({ hours, total }: { readonly hours: readonly number[]; readonly total: number }) {
  const most = Math.max(...hours);
  const busiest = most > 0 ? `, most from ${hours.indexOf(most)} o’clock on` : "";
  const words = `${hoursText(total)} in all${busiest}`;
  return (
    <section className="list content-days" aria-labelledby="person-clock">
      <header className="section-head">
        <h2 id="person-clock">By the clock</h2>
      </header>
      {most > 0 ? (
        <Columns
          heading="Hour"
          measures={["Hours"]}
          format={hoursText}
          most={most}
          summary={`Hours played by the hour of the clock: ${words}`}
          columns={hours.map((value, hour) => ({
            label: hour % 6 === 0 ? `${hour}:00` : "",
            name: `${hour}:00 to ${hour}:59`,
            values: [value],
          }))}
        />
      ) : (
        <p className="empty">Nothing was played in this time.</p>
      )}
    </section>
  );
}
