import type { Creator, MinuteOfPlays } from "@streakline/web";
import { useCallback, useState } from "react";
import { clock, whole } from "../format.ts";
import { Figure } from "../live/Figure.tsx";
import { MinuteChart } from "../live/MinuteChart.tsx";
import { Ranking } from "../live/Ranking.tsx";
import { Term } from "../parts/Term.tsx";
import { followedOf } from "./figures.ts";

interface NowProps {
  readonly live: Partial<Creator> | null;
  readonly zone: string;
}

const NONE: readonly MinuteOfPlays[] = [];

/** What is played of the creator at this moment and in the last hour; nothing until the server has told of it. */
export function Now({ live, zone }: NowProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const point = useCallback((index: number | null) => setPointed(index), []);
  if (live?.lastHour === undefined) return null;
  const { runningPlays, lastHour, perMinute = NONE, top, contents, totals } = live;
  const hint = contents === undefined ? "" : followedOf(contents);
  const minute = pointed === null ? undefined : perMinute[pointed];
  return (
    <>
      <section className="ledger lifetime creator-now" aria-labelledby="creator-now">
        <h2 id="creator-now">Now</h2>
        <dl>
          <Figure
            id="creator.running"
            label="Plays running"
            name="runningPlays"
            size="large"
            value={runningPlays}
          />
          <Figure
            id="creator.hour"
            label="Plays, last hour"
            name="lastHour"
            size="large"
            value={lastHour["plays"]}
          />
          <Figure id="creator.hourLikes" label="Likes, last hour" name="lastHour" value={lastHour["likes"]} />
          <Figure id="creator.ever" label="Plays, ever" name="totals" value={totals?.["plays"]} />
          <Figure id="creator.everLikes" label="Likes, ever" name="totals" value={totals?.["likes"]} />
        </dl>
        {hint !== "" && <p className="hint">{hint}</p>}
      </section>
      <section className="list content-days" aria-labelledby="creator-minutes">
        <header className="section-head">
          <h2 id="creator-minutes">
            <Term name="perMinute">Plays a minute</Term>
          </h2>
          <p className="readout">
            {minute && (
              <>
                <span className="readout-time">{clock(minute.at, zone)}</span>
                <strong>{whole(minute.plays)}</strong> plays
              </>
            )}
          </p>
        </header>
        <MinuteChart minutes={perMinute} zone={zone} onPoint={point} />
      </section>
      {top !== undefined && top.length > 0 && (
        <section className="list" aria-labelledby="creator-hour-top">
          <header className="section-head">
            <h2 id="creator-hour-top">
              <Term name="top">Most played, last hour</Term>
            </h2>
            <p className="column">plays</p>
          </header>
          <Ranking
            items={top.map(({ plays, ...item }) => ({ ...item, value: plays }))}
            unit="plays"
            tone="past"
            empty=""
          />
        </section>
      )}
    </>
  );
}
