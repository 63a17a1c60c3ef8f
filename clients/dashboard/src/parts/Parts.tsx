import type { ReactNode } from "react";
import { percent, unitOf, whole } from "../format.ts";

export interface Part {
  readonly key: string;
  readonly name: ReactNode;
  readonly value: number;
}

interface PartsProps {
  readonly parts: readonly Part[];
  /** What the parts are of; the sum of them, or more. */
  readonly total: number;
  /** What a value counts: "plays". */
  readonly unit: string;
  readonly empty: string;
  /** How a value is shown; whole where it is left out. */
  readonly format?: (value: number) => string;
}

/** Parts of a whole, most first: name, count, per cent, and a line as long as that. */
export function Parts({ parts, total, unit, empty, format = whole }: PartsProps) {
  if (parts.length === 0) return <p className="empty">{empty}</p>;
  return (
    <ol className="parts">
      {parts.map(({ key, name, value }) => (
        <li key={key}>
          <span className="parts-name">{name}</span>
          <span className="parts-value">
            {format(value)}
            <span className="visually-hidden"> {unitOf(unit, format(value))}</span>
          </span>
          <span className="parts-percent">{percent(value, total)}</span>
          <span
            className="parts-line"
            style={{ transform: `scaleX(${total > 0 ? value / total : 0})` }}
            aria-hidden="true"
          />
        </li>
      ))}
    </ol>
  );
}
