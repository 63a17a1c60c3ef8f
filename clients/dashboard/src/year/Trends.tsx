import type { YearInReview } from "@streakline/web";
import { useState } from "react";
import { counted, hoursText, unitOf, whole } from "../format.ts";
import { Columns } from "../parts/Columns.tsx";
import { Segments } from "../parts/Segments.tsx";
import { MONTHS, WEEKDAYS } from "./figures.ts";

const MEASURES = [
  { value: "plays", label: "plays" },
  { value: "hours", label: "hours" },
] as const;

/** How plays were spread over the months of the year. */
export function Months({ trends, plays }: { readonly trends: Trends; readonly plays: number }) {
  const [measure, setMeasure] = useState<"plays" | "hours">("plays");
  const isHours = measure === "hours";
  const values = isHours ? trends.hoursByMonth : trends.playsByMonth;
  const format = isHours ? hoursText : whole;
  return (
    <section className="list content-days" aria-labelledby="year-months">
      <header className="page-head">
        <h2 id="year-months">By month</h2>
        <Segments legend="What the months show" options={MEASURES} chosen={measure} onChoose={setMeasure} />
      </header>
      <Columns
        heading="Month"
        measures={[isHours ? "Hours" : "Plays"]}
        format={format}
        most={Math.max(...values) || 1}
        summary={`${isHours ? "Hours" : "Plays"} of each month: ${mostWords(values, MONTHS, format, measure, plays)}`}
        columns={MONTHS.map((name, month) => ({
          label: name.slice(0, 3),
          name,
          values: [values[month] ?? 0],
        }))}
      />
    </section>
  );
}

/** How plays were spread over the days of the week. */
export function Weekdays({ trends, plays }: { readonly trends: Trends; readonly plays: number }) {
  const values = trends.playsByWeekday;
  return (
    <section className="list" aria-labelledby="year-weekdays">
      <h2 id="year-weekdays">By weekday</h2>
      <Columns
        heading="Day"
        measures={["Plays"]}
        format={whole}
        summary={`Plays of each weekday: ${mostWords(values, WEEKDAYS, whole, "plays", plays)}`}
        columns={WEEKDAYS.map((name, day) => ({
          label: name.slice(0, 3),
          name,
          values: [values[day] ?? 0],
        }))}
      />
    </section>
  );
}

/** How plays were spread over the hours of the clock. */
export function Clock({ trends, plays }: { readonly trends: Trends; readonly plays: number }) {
  const values = trends.playsByHour;
  const names = values.map((_, hour) => `${String(hour).padStart(2, "0")}:00`);
  return (
    <section className="list" aria-labelledby="year-clock">
      <h2 id="year-clock">By the clock</h2>
      <Columns
        heading="Hour"
        measures={["Plays"]}
        format={whole}
        summary={`Plays by the hour of the clock: ${mostWords(values, names, whole, "plays", plays)}`}
        columns={values.map((value, hour) => ({
          label: hour % 6 === 0 ? `${hour}:00` : "",
          name: `${hour}:00 to ${hour}:59`,
          values: [value],
        }))}
      />
    </section>
  );
}

type Trends = YearInReview["viewingTrends"];

function mostWords(
  values: readonly number[],
  names: readonly string[],
  format: (value: number) => string,
  unit: string,
  plays: number,
): string {
  const most = Math.max(...values);
  const best = names.filter((_, index) => values[index] === most);
  const all = `${counted(plays, "play")} in all`;
  return most > 0 && best.length === 1
    ? `most in ${best[0]}, ${format(most)} ${unitOf(unit, format(most))}; ${all}`
    : all;
}
