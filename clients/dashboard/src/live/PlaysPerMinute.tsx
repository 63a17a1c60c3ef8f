import type { MinuteOfPlays } from "@streakline/web";
import { useCallback, useMemo, useState } from "react";
import { RANGES, useView } from "../address.ts";
import { clock, whole } from "../format.ts";
import { useStore } from "../page.tsx";
import { Term } from "../parts/Term.tsx";
import { ZonePicker } from "../parts/ZonePicker.tsx";
import { MinuteChart } from "./MinuteChart.tsx";

const NONE: readonly MinuteOfPlays[] = [];

/** The chart of the last hour with what it says in words, and how much of it to show. */
export function PlaysPerMinute() {
  const perMinute = useStore((state) => state.overview?.perMinute);
  const [{ zone, range }, change] = useView();
  const [pointed, setPointed] = useState<number | null>(null);
  const minutes = useMemo(() => (perMinute ?? NONE).slice(-(range + 1)), [perMinute, range]);
  const point = useCallback((index: number | null) => setPointed(index), []);
  return (
    <section className="minutes" aria-labelledby="minutes-title">
      <header className="section-head">
        <h2 id="minutes-title">
          <Term name="perMinute">Plays a minute</Term>
        </h2>
        <p className="readout">{readout(minutes, pointed, zone)}</p>
        <fieldset className="segments">
          <legend className="visually-hidden">Minutes shown</legend>
          {RANGES.map((option) => (
            <button
              key={option}
              type="button"
              aria-pressed={option === range}
              onClick={() => change({ range: option })}
            >
              {option}
              <span aria-hidden="true"> min</span>
              <span className="visually-hidden"> minutes</span>
            </button>
          ))}
        </fieldset>
      </header>
      <MinuteChart minutes={minutes} zone={zone} onPoint={point} />
      <footer className="minutes-foot">
        <p className="key">
          <span className="swatch swatch-past" aria-hidden="true" /> whole minutes
          <span className="swatch swatch-now" aria-hidden="true" /> running minute
        </p>
        <ZonePicker />
      </footer>
    </section>
  );
}

/** The minute pointed at, else the busiest of those shown. */
function readout(minutes: readonly MinuteOfPlays[], pointed: number | null, zone: string) {
  const at = pointed === null ? undefined : minutes[pointed];
  const busiest = minutes.reduce<MinuteOfPlays | undefined>(
    (most, minute) => (most && most.plays >= minute.plays ? most : minute),
    undefined,
  );
  const shown = at ?? busiest;
  if (!shown) return "";
  if (shown.plays === 0 && !at) return "No plays yet";
  return (
    <>
      {at ? "" : "Busiest "}
      <span className="readout-time">{clock(shown.at, zone)}</span>
      <strong>{whole(shown.plays)}</strong> plays
    </>
  );
}
