import type { CreatorDays } from "@streakline/web";
import { counted, dateOf, whole } from "../format.ts";
import { Columns } from "../parts/Columns.tsx";
import { Parts } from "../parts/Parts.tsx";
import { spansOf } from "./figures.ts";

const MONTH = new Intl.DateTimeFormat(undefined, { timeZone: "UTC", month: "short", year: "numeric" });

/** Plays and likes over the time that is shown. */
export function Days({ days: { days } }: { readonly days: CreatorDays }) {
  const { heading, spans } = spansOf(days);
  const name = (date: string) => (heading === "Month" ? MONTH.format(Date.parse(date)) : dateOf(date));
  const step = Math.max(1, Math.ceil(spans.length / (heading === "Month" ? 4 : 5)));
  const plays = spans.reduce((sum, span) => sum + span.plays, 0);
  const likes = spans.reduce((sum, span) => sum + span.likes, 0);
  const words = `${counted(plays, "play")} · ${counted(likes, "like")}`;
  return (
    <section className="list content-days" aria-labelledby="creator-days">
      <header className="section-head">
        <h2 id="creator-days">{heading}s</h2>
        <p className="readout" data-figure="creator.days">
          {words}
        </p>
      </header>
      <Columns
        heading={heading}
        measures={["Plays", "Likes"]}
        format={whole}
        summary={`Plays and likes by ${heading.toLowerCase()}: ${words}`}
        columns={spans.map((span, index) => ({
          id: span.date,
          label: (spans.length - 1 - index) % step === 0 ? name(span.date) : "",
          name: name(span.date),
          values: [span.plays, span.likes],
          running: index === spans.length - 1,
        }))}
      />
      <p className="key">
        <span className="swatch swatch-past" aria-hidden="true" /> plays
        <span className="swatch swatch-likes" aria-hidden="true" /> likes
        <span className="swatch swatch-now" aria-hidden="true" /> so far
      </p>
    </section>
  );
}

/** Sources, countries and devices of the plays. */
export function Where({ days, plays }: { readonly days: CreatorDays; readonly plays: number }) {
  return (
    <>
      <section className="list third" aria-labelledby="creator-sources">
        <header className="section-head">
          <h2 id="creator-sources">Sources</h2>
          <p className="column">plays, per cent</p>
        </header>
        <Parts
          parts={days.sources.map(({ source, count }) => ({ key: source, name: source, value: count }))}
          total={plays}
          unit="plays"
          empty="No plays in this time."
        />
      </section>
      <PerCent title="Countries" shares={days.countries.map((one) => [one.country, one.percentage])} />
      <PerCent title="Devices" shares={days.devices.map((one) => [one.device, one.percentage])} />
    </>
  );
}

interface PerCentProps {
  readonly title: string;
  readonly shares: readonly (readonly [string, number])[];
}

function PerCent({ title, shares }: PerCentProps) {
  const id = `creator-${title.toLowerCase()}`;
  return (
    <section className="list third" aria-labelledby={id}>
      <header className="section-head">
        <h2 id={id}>{title}</h2>
        <p className="column">per cent of plays</p>
      </header>
      {shares.length === 0 && <p className="empty">No plays in this time.</p>}
      <ol className="parts">
        {shares.map(([name, percentage]) => (
          <li key={name}>
            <span className="parts-name">{name}</span>
            <span />
            <span className="parts-percent">{percentage}%</span>
            <span
              className="parts-line"
              style={{ transform: `scaleX(${percentage / 100})` }}
              aria-hidden="true"
            />
          </li>
        ))}
      </ol>
    </section>
  );
}
