import type { PersonRecord } from "@streakline/web";
import { useState } from "react";
import { counted, dateAndYear, whole } from "../format.ts";
import { type CalendarDay, dayIn, weeksOf } from "./calendar.ts";

const MONTH = new Intl.DateTimeFormat(undefined, { timeZone: "UTC", month: "short" });

interface CalendarProps {
  /** Days with a play; null while they are awaited, for which the room is kept. */
  readonly days: PersonRecord["days"] | null;
  readonly asOf: string;
  readonly zone: string;
}

/** A year of days, each as dark as much was played on it, and the same as a table. */
export function Calendar({ days: known, asOf, zone }: CalendarProps) {
  const [pointed, setPointed] = useState<CalendarDay | null>(null);
  const days = known ?? [];
  const weeks = weeksOf(days, dayIn(Date.parse(asOf), zone));
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
          {pointed && counted(pointed.plays, "play")}
        </p>
        <div
          className="calendar-plot"
          role="img"
          aria-label={`Plays of each day in this week and the 52 before it: ${words}`}
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
                  data-today={day.isToday || undefined}
                  onPointerEnter={() => setPointed(day)}
                />
              ))}
            </div>
          ))}
        </div>
        <details>
          <summary>As a table</summary>
          {known?.length === 0 && <p className="empty">No day with a play.</p>}
          <table>
            <thead>
              <tr>
                <th scope="col">Day with a play</th>
                <th scope="col">Plays</th>
              </tr>
            </thead>
            <tbody>
              {days.map((day) => (
                <tr key={day.date}>
                  <th scope="row">{dateAndYear(day.date)}</th>
                  <td>{whole(day.plays)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </figure>
    </section>
  );
}

/** The month that begins with a week, above it; every other one, as there is room. */
function monthOf(weeks: readonly (readonly CalendarDay[])[], index: number): string {
  const first = weeks[index]?.[0]?.date ?? "";
  const before = weeks[index - 1]?.[0]?.date ?? first;
  if (first.slice(0, 7) === before.slice(0, 7) || Number(first.slice(5, 7)) % 2 === 0) return "";
  return MONTH.format(Date.parse(first));
}
