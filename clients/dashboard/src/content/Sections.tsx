import type { ContentAnalytics, DayOfContent, HourOfContent } from "@streakline/web";
import { counted, dateOf, whole } from "../format.ts";
import { Columns } from "../parts/Columns.tsx";
import { length, sumOf, wholeDay } from "./figures.ts";

const LIFETIME = [
  ["plays", "Plays", "that count"],
  ["uniqueListeners", "Listeners", "different ones"],
  ["uniquePlays", "Signed in", "different persons who played"],
  ["likes", "Likes", "given, taken back or not"],
  ["shares", "Shares", ""],
  ["comments", "Comments", ""],
] as const;

export function Lifetime({ analytics: { lifetime, retention } }: { readonly analytics: ContentAnalytics }) {
  const { avgWatchTime, completionRate } = retention;
  return (
    <section className="ledger lifetime" aria-labelledby="content-lifetime">
      <h2 id="content-lifetime">Since the beginning</h2>
      <dl>
        {LIFETIME.map(([name, label, hint], index) => (
          <Count key={name} id={`content.${name}`} label={label} hint={hint} large={index < 2}>
            {whole(lifetime[name])}
          </Count>
        ))}
        <Count id="content.avgWatchTime" label="Watch time" hint="mean of a play, minutes and seconds">
          {avgWatchTime === null ? "–" : length(avgWatchTime)}
        </Count>
        <Count id="content.completionRate" label="Completion" hint="mean share of the length that was played">
          {completionRate === null ? "–" : `${completionRate}%`}
        </Count>
      </dl>
    </section>
  );
}

export interface CountProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly large?: boolean;
  /** What it was before, in words. */
  readonly before?: string;
  readonly children: string;
}

export function Count({ id, label, hint, large = false, before = "", children }: CountProps) {
  return (
    <div className={`figure figure-${large ? "large" : "small"}`} data-figure={id}>
      <dt>
        {label}
        {hint && <span className="hint">{hint}</span>}
      </dt>
      <dd>
        <span className="figure-value">{children}</span>
        {before && <span className="figure-before">{before}</span>}
      </dd>
    </div>
  );
}

export function Days({ days }: { readonly days: readonly DayOfContent[] }) {
  const sum = sumOf(days);
  const words = `${counted(sum.plays, "play")} · ${counted(sum.likes, "like")}`;
  return (
    <section className="list content-days" aria-labelledby="content-days">
      <header className="section-head">
        <h2 id="content-days">Last {days.length} days</h2>
        <p className="readout" data-figure="content.days">
          {words}
        </p>
      </header>
      {sum.plays === 0 && <p className="empty">No plays in these days.</p>}
      <Columns
        heading="Day"
        measures={["Plays", "Likes"]}
        format={whole}
        summary={`Plays and likes of the last ${days.length} days: ${words}`}
        columns={days.map((day, index) => ({
          label: (days.length - 1 - index) % 7 === 0 ? dateOf(day.date) : "",
          name: dateOf(day.date),
          values: [day.plays, day.likes],
          running: index === days.length - 1,
        }))}
      />
      <p className="key">
        <span className="swatch swatch-past" aria-hidden="true" /> plays
        <span className="swatch swatch-likes" aria-hidden="true" /> likes
        <span className="swatch swatch-now" aria-hidden="true" /> today so far
      </p>
    </section>
  );
}

export function Hours({ hours, zone }: { readonly hours: readonly HourOfContent[]; readonly zone: string }) {
  const day = wholeDay(hours);
  const busiest = hours[0];
  const words = busiest
    ? `Busiest ${hourOf(busiest.hour)}, ${counted(busiest.plays, "play")}`
    : "No plays yet";
  return (
    <section className="list" aria-labelledby="content-hours">
      <header className="section-head">
        <h2 id="content-hours">Hours of the day</h2>
        <p className="readout">{words}</p>
      </header>
      <Columns
        heading="Hour"
        measures={["Plays"]}
        format={whole}
        summary={`Plays by hour of the day in ${zone}, over all time. ${words}`}
        columns={day.map(({ hour, plays }) => ({
          label: hour % 6 === 0 ? hourOf(hour) : "",
          name: hourOf(hour),
          values: [plays],
        }))}
      />
      <p className="hint">Plays that began in each hour, over all time, in {zone.replaceAll("_", " ")}.</p>
    </section>
  );
}

export function DropOff({ retention }: { readonly retention: ContentAnalytics["retention"] }) {
  const points = retention.dropOffPoints;
  const last = points.at(-1);
  const words = last ? `${last.percentage}% had stopped by ${length(last.time)}` : "";
  const step = Math.ceil(points.length / 6);
  return (
    <section className="list" aria-labelledby="content-stops">
      <header className="section-head">
        <h2 id="content-stops">Drop-off</h2>
        <p className="readout">{words}</p>
      </header>
      {points.length === 0 ? (
        <p className="empty">No play tells where it stopped.</p>
      ) : (
        <>
          <Columns
            heading="Before"
            measures={["Stopped"]}
            format={(value) => `${value}%`}
            most={100}
            summary={`Per cent of starts that had stopped before each moment. ${words}`}
            columns={points.map(({ time, percentage }, index) => ({
              label: index % step === 0 ? length(time) : "",
              name: length(time),
              values: [percentage],
            }))}
          />
          <p className="hint">Of the starts that tell where they stopped, per cent that had by then.</p>
        </>
      )}
    </section>
  );
}

function hourOf(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}
