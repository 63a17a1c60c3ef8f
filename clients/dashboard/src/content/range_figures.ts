import type { QueryAnswer, QueryRow } from "@streakline/web";
import type { Cell } from "../csv.ts";
import { clock, dateOf, dayAndTime, whole } from "../format.ts";
import type { Column } from "../parts/Columns.tsx";
import { PARTS, type RangeAnswer, TOTALS } from "./range.ts";
import type { Bucket, Measure } from "./view.ts";

const LANGUAGE = typeof navigator === "undefined" ? "en" : navigator.language;
const HOURS = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 2 });
const MONTH = new Intl.DateTimeFormat(LANGUAGE, { timeZone: "UTC", month: "short", year: "numeric" });
const LABELS = 5;

/** A value of a metric as text; a dash where nothing gives it. */
export function valueText(metric: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  if (metric === "hours") return HOURS.format(value);
  return metric === "completionRate" ? `${Math.floor(value + 0.5)}%` : whole(value);
}

/** What a number was before and how much it changed: `before 241, +12%`; empty where nothing is compared. */
export function beforeText(row: QueryRow | undefined, metric: string): string {
  if (row === undefined || !(metric in row.compared)) return "";
  const change = row.change[metric];
  const before = `before ${valueText(metric, row.compared[metric])}`;
  // a change of per cent in per cent would be read as points
  if (change === null || change === undefined || metric === "completionRate") return before;
  const rounded = Math.round(change);
  return `${before}, ${rounded > 0 ? "+" : rounded < 0 ? "−" : "±"}${whole(Math.abs(rounded))}%`;
}

/** The name of a bucket, as a reader says it. */
export function bucketName(row: QueryRow, bucket: Bucket, zone: string): string {
  const name = row.at[bucket] ?? "";
  if (bucket === "hour") return dayAndTime(Date.parse(row.start), zone);
  if (bucket === "month") return MONTH.format(Date.parse(`${name}-01`));
  return bucket === "year" ? name : dateOf(name);
}

/** Columns of a chart: the value, and the one before where something is compared. */
export function columnsOf({ series, view }: RangeAnswer, measure: Measure, zone: string): readonly Column[] {
  const { rows } = series;
  const step = Math.ceil(rows.length / LABELS);
  const compared = comparesAny(series);
  return rows.map((row, index) => {
    const name = bucketName(row, view.bucket, zone);
    const label = view.bucket === "hour" ? hourLabel(row, zone, view.timeRange === "24h") : name;
    // of hours of several days the midnights are labelled, of all else about five
    const labelled =
      view.bucket === "hour" && view.timeRange !== "24h" ? true : (rows.length - 1 - index) % step === 0;
    const values = [row.values[measure] ?? 0];
    return {
      id: row.start,
      label: labelled ? label : "",
      name: series.partial.includes(row.at[view.bucket] ?? "") ? `${name} (in part)` : name,
      values: compared ? [...values, row.compared[measure] ?? 0] : values,
      running: index === rows.length - 1,
    };
  });
}

export function comparesAny(answer: QueryAnswer): boolean {
  return answer.rows.some((row) => Object.keys(row.compared).length > 0);
}

/** The clock of an hour; where days are shown, the day at its midnight and nothing else. */
function hourLabel(row: QueryRow, zone: string, oneDay: boolean): string {
  const at = Date.parse(row.start);
  const time = clock(at, zone);
  if (oneDay) return time;
  return time === "00:00" ? dayAndTime(at, zone).replace(/,.*/u, "") : "";
}

/** Everything of the range that the page shows, one number a row. */
export function rangeRows(answer: RangeAnswer): readonly (readonly Cell[])[] {
  const { totals, series, parts, view } = answer;
  const [total] = totals.rows;
  const { from, to } = totals.range;
  const at = `${from}/${to}`;
  return [
    ...TOTALS.map((metric) => [view.timeRange, at, metric, total?.values[metric] ?? null]),
    ...TOTALS.filter((metric) => total && metric in total.compared).map((metric) => [
      `${view.timeRange} ${view.compare}`,
      at,
      metric,
      total?.compared[metric] ?? null,
    ]),
    ...series.rows.flatMap((row) =>
      (["plays", "hours"] as const).flatMap((metric) => [
        [view.bucket, row.at[view.bucket] ?? row.start, metric, row.values[metric] ?? null],
        ...(metric in row.compared
          ? [
              [
                `${view.bucket} ${view.compare}`,
                row.at[view.bucket] ?? "",
                metric,
                row.compared[metric] ?? null,
              ],
            ]
          : []),
      ]),
    ),
    ...PARTS.flatMap((name) =>
      parts[name].rows.map((row) => [name, row.at[name] ?? "", "plays", row.values["plays"] ?? null]),
    ),
  ];
}
