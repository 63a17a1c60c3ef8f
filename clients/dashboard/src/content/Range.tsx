import { type ReactNode, useId } from "react";
import { useSearchParams } from "wouter";
import { Columns } from "../parts/Columns.tsx";
import { Chevron } from "../parts/icons.tsx";
import { Parts } from "../parts/Parts.tsx";
import { Segments } from "../parts/Segments.tsx";
import type { PartName, RangeAnswer } from "./range.ts";
import { beforeText, columnsOf, comparesAny, valueText } from "./range_figures.ts";
import { Count } from "./Sections.tsx";
import {
  BUCKET_NAMES,
  BUCKETS,
  type Bucket,
  COMPARISONS,
  type Comparison,
  type ContentViewOf,
  contentQueryOf,
  MEASURES,
  type Measure,
  TIME_RANGES,
  type TimeRange,
} from "./view.ts";

const RANGE_NAMES: Readonly<Record<TimeRange, string>> = {
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
  "1y": "365 days",
  all: "all time",
};
const MEASURE_NAMES: Readonly<Record<Measure, string>> = { plays: "Plays", hours: "Hours" };

const FIGURES = [
  ["plays", "Plays"],
  ["hours", "Hours played"],
  ["listeners", "Listeners"],
  ["likes", "Likes"],
  ["shares", "Shares"],
  ["completionRate", "Completion"],
] as const;

interface RangeProps {
  readonly view: ContentViewOf;
  /** The newest answer, of this view or the one before; null until there is one. */
  readonly answer: RangeAnswer | null;
  readonly zone: string;
  /** Why there is none. */
  readonly children?: ReactNode;
}

/** A content in a range: its numbers beside those before, and a chart of any bucket. */
export function Range({ view, answer, zone, children }: RangeProps) {
  const [, setQuery] = useSearchParams();
  const change = (part: Partial<ContentViewOf>) =>
    setQuery((before) => contentQueryOf(part, before), { replace: true });
  const total = answer?.totals.rows[0];
  return (
    <section className="ledger range" aria-labelledby="content-range">
      <header className="range-head">
        <h2 id="content-range">
          {view.timeRange === "all" ? "All time" : `Last ${RANGE_NAMES[view.timeRange]}`}
        </h2>
        <Segments
          legend="Range"
          options={TIME_RANGES.map((value) => ({ value, label: value }))}
          chosen={view.timeRange}
          onChoose={(timeRange) => change({ timeRange })}
        />
      </header>
      {children}
      {answer && (
        <>
          <dl>
            {FIGURES.map(([metric, label]) => (
              <Count
                key={metric}
                id={`range.${metric}`}
                label={label}
                hint={metric in answer.totals.approximate ? "about" : ""}
                before={beforeText(total, metric)}
              >
                {valueText(metric, total?.values[metric])}
              </Count>
            ))}
          </dl>
          <Chart view={view} answer={answer} zone={zone} change={change} />
        </>
      )}
    </section>
  );
}

interface ChartProps {
  readonly view: ContentViewOf;
  readonly answer: RangeAnswer;
  readonly zone: string;
  readonly change: (part: Partial<ContentViewOf>) => void;
}

function Chart({ view, answer, zone, change }: ChartProps) {
  const { measure } = view;
  const compared = comparesAny(answer.series);
  const columns = columnsOf(answer, measure, zone);
  const name = MEASURE_NAMES[measure];
  const unit = BUCKET_NAMES[answer.view.bucket].toLowerCase();
  const nothing = columns.every((column) => column.values.every((value) => value === 0));
  return (
    <div className="range-chart">
      <div className="range-choices">
        <Segments
          legend="What the chart counts"
          options={MEASURES.map((value) => ({ value, label: MEASURE_NAMES[value] }))}
          chosen={measure}
          onChoose={(value) => change({ measure: value })}
        />
        <Segments<Bucket>
          legend="Columns of the chart"
          options={BUCKETS[view.timeRange].map((value) => ({ value, label: BUCKET_NAMES[value] }))}
          chosen={view.bucket}
          onChoose={(bucket) => change({ bucket })}
        />
        {view.timeRange !== "all" && <Compare chosen={view.compare} change={change} />}
      </div>
      {nothing && <p className="empty">Nobody played it in this time.</p>}
      <Columns
        heading={BUCKET_NAMES[answer.view.bucket].slice(0, -1)}
        measures={compared ? [name, "Before"] : [name]}
        format={(value) => valueText(measure, value)}
        summary={`${name} by ${unit}${compared ? ", beside the time before" : ""}.`}
        columns={columns}
      />
      <p className="key">
        <span className="swatch swatch-past" aria-hidden="true" /> {name.toLowerCase()}
        {compared && (
          <>
            <span className="swatch swatch-likes" aria-hidden="true" /> {COMPARISONS[answer.view.compare]}
          </>
        )}
        <span className="swatch swatch-now" aria-hidden="true" /> so far
      </p>
    </div>
  );
}

function Compare({ chosen, change }: { readonly chosen: Comparison } & Pick<ChartProps, "change">) {
  const id = useId();
  return (
    <span className="zone range-compare">
      <label className="range-label" htmlFor={id}>
        Compare with
      </label>
      <span className="zone-choice">
        <select
          id={id}
          value={chosen}
          onChange={(event) => change({ compare: event.target.value as Comparison })}
        >
          {Object.entries(COMPARISONS).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <Chevron />
      </span>
    </span>
  );
}

const LISTS: readonly (readonly [PartName, string, string])[] = [
  ["source", "Sources", "No play names its source."],
  ["country", "Countries", "No play names its country."],
  ["device", "Devices", "No play names its device."],
];

/** Where the plays of the range came from, who played them, and on what. */
export function Breakdowns({ answer: { parts, totals } }: { readonly answer: RangeAnswer }) {
  const total = totals.rows[0]?.values["plays"] ?? 0;
  return LISTS.map(([name, title, empty]) => (
    <section key={name} className="list third" aria-labelledby={`content-${name}`}>
      <header className="section-head">
        <h2 id={`content-${name}`}>{title}</h2>
        <p className="column">plays, per cent</p>
      </header>
      <Parts
        parts={parts[name].rows.map((row) => {
          const value = row.at[name] ?? "";
          return { key: value, name: partName(name, value), value: row.values["plays"] ?? 0 };
        })}
        total={total}
        unit="plays"
        empty={empty}
      />
      {parts[name].nextCursor !== null && <p className="hint">The first eight; there are more.</p>}
    </section>
  ));
}

function partName(name: PartName, value: string): string {
  if (name !== "country" || !/^[A-Z]{2}$/u.test(value)) return value;
  return COUNTRIES.of(value) ?? value;
}

const COUNTRIES = new Intl.DisplayNames(typeof navigator === "undefined" ? "en" : navigator.language, {
  type: "region",
  fallback: "code",
});
