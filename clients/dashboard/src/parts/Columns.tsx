import { useState } from "react";
import { compact, unitOf } from "../format.ts";

export interface Column {
  /** What tells it from the others, where the name does not. */
  readonly id?: string;
  /** Under the column; empty where there is no room for one. */
  readonly label: string;
  /** In the table and where the reader points. */
  readonly name: string;
  /** One for each of `measures`; null where nothing tells it, which is not 0. */
  readonly values: readonly (number | null)[];
  /** Whether it still grows. */
  readonly running?: boolean;
}

interface ColumnsProps {
  /** What all columns are, for the table's first heading: "Day". */
  readonly heading: string;
  /** What the values count, at most two: "Plays", "Likes". */
  readonly measures: readonly string[];
  readonly columns: readonly Column[];
  /** The chart in one sentence, for readers who cannot see it. */
  readonly summary: string;
  readonly format: (value: number) => string;
  /** The value of the chart's upper edge; the largest where it is left out. */
  readonly most?: number;
}

/** A chart of columns, and the same numbers as a table for who reads or copies them. */
export function Columns({ heading, measures, columns, summary, format, most }: ColumnsProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const top = Math.max(
    1,
    most ?? Math.max(0, ...columns.flatMap((column) => column.values.map((value) => value ?? 0))),
  );
  const edge = most === undefined ? compact(top) : format(top);
  const at = pointed === null ? undefined : columns[pointed];
  const text = (value: number | null | undefined) => (value === null ? "–" : format(value ?? 0));
  return (
    <figure className="columns">
      <p className="columns-readout" aria-hidden="true">
        <span>{at ? at.name : `up to ${edge} ${unitOf(measures[0]?.toLowerCase() ?? "", edge)}`}</span>
        {at && measures.map((measure, index) => `${measure} ${text(at.values[index])}`).join(" · ")}
      </p>
      <div className="columns-plot" role="img" aria-label={summary} onPointerLeave={() => setPointed(null)}>
        {columns.map((column, index) => (
          <div
            key={column.id ?? column.name}
            className="columns-one"
            data-running={column.running || undefined}
            data-none={column.values.every((value) => value === null) || undefined}
            onPointerEnter={() => setPointed(index)}
          >
            <div className="columns-bars">
              {measures.map((measure, series) => {
                const value = column.values[series] ?? 0;
                return (
                  <span
                    key={measure}
                    style={{ height: `${(value / top) * 100}%` }}
                    data-some={value > 0 || undefined}
                  />
                );
              })}
            </div>
            <span className="columns-label">{column.label}</span>
          </div>
        ))}
      </div>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              {[heading, ...measures].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr key={column.id ?? column.name}>
                <th scope="row">{column.name}</th>
                {measures.map((measure, index) => (
                  <td key={measure}>{text(column.values[index])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}
