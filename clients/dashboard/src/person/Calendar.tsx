import type { Person, PersonRecord } from "@streakline/web";
import { useState } from "react";
import { counted, dateAndYear, whole } from "../format.ts";
import { type CalendarDay, dayIn, HELD, type Held, weeksOf } from "./calendar.ts";

const MONTH = new Intl.DateTimeFormat(undefined, { timeZone: "UTC", month: "short" });

interface CalendarProps {
  /** Days with a play; null while they are awaited, for which the room is kept. */
  readonly days: PersonRecord["days"] | null;
  /** By which days without a play are held; null while they are not known. */
  readonly rules: Person | null;
  readonly asOf: string;
  readonly zone: string;
}

/** A year of days, each as dark as much was played on it, and the same as a table. */
export function Calendar({ days: known, rules, asOf, zone }: CalendarProps) {
  const [pointed, setPointed] = useState<CalendarDay | null>(null);
  const days = known ?? [];
  const weeks = weeksOf(days, dayIn(Date.parse(asOf), zone), rules);
  const shown = weeks.flat();
  const held = (Object.keys(HELD) as Held[])
    .map((kind) => ({ kind, days: shown.filter((day) => day.held === kind).length }))
    .filter((one) => one.days > 0);
  const rows = [
    ...days.map(({ date, plays }) => ({ date, cell: whole(plays) })),
    ...shown.flatMap(({ date, held: by }) => (by === null ? [] : [{ date, cell: HELD[by] }])),
  ].sort((a, b) => (a.date < b.date ? -1 : 1));
  const plays = days.reduce((sum, day) => sum + day.plays, 0);
  const words =
    known === null ? "Asking history…" : `${counted(plays, "play")} on ${counted(days.length, "day")}`;
  return (
    <section className="list content-days" aria-labelledby="person-year">
      <header className="section-head">
        <h2 id="person-year">A year of days</h2>
        <p className="readout" data-figure="person.days">
          {words}
        </p>
      </header>
      <figure className="columns calendar">
        <p className="columns-readout" aria-hidden="true">
          <span>{pointed ? dateAndYear(pointed.date) : "this week and the 52 before it"}</span>
          {pointed && dayWords(pointed)}
        </p>
        <div
          className="calendar-plot"
          role="img"
          aria-label={[
            `Plays of each day in this week and the 52 before it: ${words}`,
            ...held.map(heldWords),
          ].join(", ")}
          onPointerLeave={() => setPointed(null)}
        >
          {weeks.map((week, index) => (
            <div key={week[0]?.date} className="calendar-week">
              <span className="calendar-month">{monthOf(weeks, index)}</span>
              {week.map((day) => (
                <span
                  key={day.date}
                  className="calendar-day"
                  data-level={day.level}
                  data-held={day.held ?? undefined}
                  data-today={day.isToday || undefined}
                  onPointerEnter={() => setPointed(day)}
                />
              ))}
            </div>
          ))}
        </div>
        <Legend held={held.map(({ kind }) => kind)} />
        <details>
          <summary>As a table</summary>
          {known?.length === 0 && <p className="empty">No day with a play.</p>}
          <table>
            <thead>
              <tr>
                <th scope="col">Day with a play, or held without one</th>
                <th scope="col">Plays</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ date, cell }) => (
                <tr key={date}>
                  <th scope="row">{dateAndYear(date)}</th>
                  <td>{cell}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </figure>
    </section>
  );
}

function dayWords({ plays, held }: CalendarDay): string {
  return held === null ? counted(plays, "play") : `nothing played, ${HELD[held]}`;
}

function heldWords({ kind, days }: { readonly kind: Held; readonly days: number }): string {
  return `${counted(days, "day")} ${HELD[kind]}`;
}

const LEVELS = [1, 2, 3, 4];

/** What the squares mean. */
function Legend({ held }: { readonly held: readonly Held[] }) {
  return (
    <ul className="calendar-legend">
      <li>
        <span className="legend-day" data-level="0" /> nothing played
      </li>
      <li>
        {LEVELS.map((level) => (
          <span key={level} className="legend-day" data-level={level} />
        ))}{" "}
        played, stronger for more
      </li>
      {held.map((kind) => (
        <li key={kind}>
          <span className="legend-day" data-held={kind} /> {HELD[kind]}
        </li>
      ))}
      <li>
        <span className="legend-day" data-level="0" data-today /> today
      </li>
    </ul>
  );
}

/** The month that begins with a week, above it; every other one, as there is room. */
function monthOf(weeks: readonly (readonly CalendarDay[])[], index: number): string {
  const first = weeks[index]?.[0]?.date ?? "";
  const before = weeks[index - 1]?.[0]?.date ?? first;
  if (first.slice(0, 7) === before.slice(0, 7) || Number(first.slice(5, 7)) % 2 === 0) return "";
  return MONTH.format(Date.parse(first));
}
