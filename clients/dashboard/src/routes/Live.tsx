import { useEffect } from "react";
import { percent, whole } from "../format.ts";
import { Figure, Running } from "../live/Figure.tsx";
import { PlaysPerMinute } from "../live/PlaysPerMinute.tsx";
import { Ranking } from "../live/Ranking.tsx";
import { useStore } from "../page.tsx";
import { Term } from "../parts/Term.tsx";
import { healthOf } from "../store.ts";

const HOUR_MS = 3_600_000;

/** What is played right now and in the last hour. */
export function Live() {
  const stale = useStore((state) => state.overview !== null && healthOf(state) !== "live");
  const waiting = useStore((state) => state.overview === null);
  useCountInTitle();
  return (
    <div className="live" data-stale={stale || undefined} aria-busy={waiting}>
      <h1 className="visually-hidden">Live</h1>
      <Now />
      <PlaysPerMinute />
      <LastHour />
      <PlayingNow />
      <TopContent />
      <Lifetime />
    </div>
  );
}

function Now() {
  const active = useStore((state) => state.overview?.activeUsers);
  const hour = useStore((state) => state.overview?.listenersLastHour);
  const running = useStore((state) => state.overview?.runningPlays);
  return (
    <section className="now" aria-labelledby="now-title">
      <h2 id="now-title">
        <Term name="activeUsers">Active now</Term>
      </h2>
      <div>
        <p className="now-value" data-figure="activeUsers">
          <Running value={active} />
        </p>
        <p className="now-caption">listeners in the last five minutes</p>
      </div>
      <dl className="now-more">
        <Figure id="runningPlays" label="Plays running" name="runningPlays" value={running} />
        <Figure id="listenersLastHour" label="Listeners, last hour" name="listenersLastHour" value={hour} />
      </dl>
    </section>
  );
}

const HOURLY = [
  ["plays", "Plays"],
  ["likes", "Likes"],
  ["saves", "Saves"],
  ["shares", "Shares"],
  ["downloads", "Downloads"],
  ["comments", "Comments"],
] as const;

function LastHour() {
  const lastHour = useStore((state) => state.overview?.lastHour);
  return (
    <section className="ledger hour" aria-labelledby="hour-title">
      <h2 id="hour-title">Last hour</h2>
      <dl>
        {HOURLY.map(([name, label], index) => (
          <Figure
            key={name}
            id={`lastHour.${name}`}
            label={label}
            name="lastHour"
            size={index < 2 ? "large" : "small"}
            value={lastHour?.[name]}
          />
        ))}
      </dl>
    </section>
  );
}

function PlayingNow() {
  const playing = useStore((state) => state.overview?.playingNow);
  const items = playing?.map(({ listeners, ...item }) => ({ ...item, value: listeners }));
  return (
    <section className="list" aria-labelledby="playing-title">
      <header className="section-head">
        <h2 id="playing-title">
          <Term name="playingNow">Playing now</Term>
        </h2>
        <p className="column">listeners</p>
      </header>
      <Ranking items={items} unit="listeners" tone="now" empty="Nothing is playing at this moment." />
    </section>
  );
}

function TopContent() {
  const top = useStore((state) => state.topPlays?.items);
  const items = top?.map(({ plays, ...item }) => ({ ...item, value: plays }));
  return (
    <section className="list" aria-labelledby="top-title">
      <header className="section-head">
        <h2 id="top-title">
          <Term name="top">Most played, last hour</Term>
        </h2>
        <p className="column">plays</p>
      </header>
      <Ranking items={items} unit="plays" tone="past" empty="No plays counted in the last hour." />
    </section>
  );
}

const LIFETIME = [
  ["likes", "Likes"],
  ["saves", "Saves"],
  ["shares", "Shares"],
  ["downloads", "Downloads"],
  ["comments", "Comments"],
  ["follows", "Follows"],
] as const;

function Lifetime() {
  const totals = useStore((state) => state.overview?.totals);
  const played = totals?.["played_ms"];
  const [starts, plays] = [totals?.["starts"], totals?.["plays"]];
  const skips = starts === undefined || plays === undefined ? undefined : starts - plays;
  const rate = (value: number) => percent(value, starts ?? 0);
  return (
    <section className="ledger lifetime" aria-labelledby="lifetime-title">
      <h2 id="lifetime-title">
        <Term name="totals">Since the beginning</Term>
      </h2>
      <dl>
        <Figure id="totals.plays" label="Plays" name="totals" size="large" value={plays} />
        <Figure
          id="totals.hours"
          label="Hours played"
          name="totals"
          size="large"
          value={played}
          format={(ms) => whole(Math.floor(ms / HOUR_MS))}
        />
        <Figure label="Starts" name="totals" value={starts} />
        <Figure label="Skipped" name="totals" value={skips} format={rate} />
        {LIFETIME.map(([name, label]) => (
          <Figure key={name} id={`totals.${name}`} label={label} name="totals" value={totals?.[name]} />
        ))}
      </dl>
    </section>
  );
}

/** Keep the count in the tab's title, for a reader who looks elsewhere. */
function useCountInTitle(): void {
  const active = useStore((state) => state.overview?.activeUsers);
  useEffect(() => {
    document.title = active === undefined ? "Streakline" : `${whole(active)} active · Streakline`;
  }, [active]);
}
