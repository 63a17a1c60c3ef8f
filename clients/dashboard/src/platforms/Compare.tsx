import type { ComparedPlatform, ComparedPlatforms } from "@streakline/web";
import { whole } from "../format.ts";
import { Columns } from "../parts/Columns.tsx";
import { Segments } from "../parts/Segments.tsx";
import { columnsOf, comparedRows, goesOn, periodText } from "./figures.ts";
import { Key, MEASURE_NAMES } from "./Sections.tsx";
import { MEASURES, type Measure, platformName } from "./view.ts";

interface CompareProps {
  readonly shown: ComparedPlatforms;
  readonly measure: Measure;
  readonly onMeasure: (measure: Measure) => void;
}

/** Platforms side by side: the same numbers of each, its days, and what it calls a view. */
export function Compare({ shown, measure, onMeasure }: CompareProps) {
  return (
    <>
      <header className="range-head">
        <h2>{periodText(shown)}</h2>
        <Segments
          legend="What the charts count"
          options={MEASURES.map((value) => ({ value, label: MEASURE_NAMES[value] }))}
          chosen={measure}
          onChoose={onMeasure}
        />
      </header>
      {shown.platforms.length === 0 && <p className="empty">No platform tells anything yet.</p>}
      <div className="beside">
        {shown.platforms.map((one) => (
          <One key={one.platform} one={one} shown={shown} measure={measure} />
        ))}
      </div>
    </>
  );
}

interface OneProps extends Pick<CompareProps, "shown" | "measure"> {
  readonly one: ComparedPlatform;
}

function One({ one, shown, measure }: OneProps) {
  const id = `compare-${one.platform}`;
  const name = platformName(one.platform);
  return (
    <section className="list" aria-labelledby={id}>
      <h2 id={id}>{name}</h2>
      <Columns
        heading="Day"
        measures={[MEASURE_NAMES[measure]]}
        format={whole}
        summary={`${MEASURE_NAMES[measure]} gained by day on ${name}.`}
        columns={columnsOf(one.trend, measure, goesOn(shown))}
      />
      <Key of="gained" />
      <ol className="parts">
        {comparedRows(one).map(([label, text]) => (
          <li key={label}>
            <span className="parts-name">{label}</span>
            <span className="parts-value">{text}</span>
          </li>
        ))}
      </ol>
      {one.best && <p className="hint">Most viewed: {one.best.title}</p>}
      <p className="hint beside-view">{one.viewIs}.</p>
    </section>
  );
}
