import type { ShareStats } from "@streakline/web";
import { ContentLink } from "../content/ContentLink.tsx";
import { clock, counted, dateOf, whole } from "../format.ts";
import { AsOf } from "../parts/AsOf.tsx";
import { Columns } from "../parts/Columns.tsx";
import { Parts } from "../parts/Parts.tsx";
import { Segments } from "../parts/Segments.tsx";
import { TroubleNotice } from "../parts/Trouble.tsx";
import type { AnswerState } from "../use_answer.ts";
import { beginsWithin, PERIODS, type Period, sharesCsv } from "./figures.ts";

interface SharesViewProps {
  readonly state: AnswerState<ShareStats>;
  readonly days: Period;
  readonly zone: string;
  readonly token: string | null;
  readonly accessSaid: boolean;
  readonly onDays: (days: Period) => void;
  readonly onRetry: () => void;
}

const CHOICES = PERIODS.map((value) => ({ value, label: `${value} days` }));

/** The page of shares, in whatever state its numbers are. */
export function SharesView(props: SharesViewProps) {
  const { state, days, zone, token, accessSaid, onDays, onRetry } = props;
  const { value: stats, asking, trouble } = state;
  const at = stats && clock(Date.parse(stats.asOf), zone, true);
  return (
    <div
      className="content shares"
      aria-busy={asking}
      data-stale={(stats !== null && trouble !== null) || undefined}
    >
      <header className="page-head">
        <h1>Shares</h1>
        <Segments legend="Days shown" options={CHOICES} chosen={days} onChoose={onDays} />
      </header>
      {stats === null && trouble === null && <p className="empty">Asking history…</p>}
      <TroubleNotice trouble={trouble} shownOf={at} token={token} accessSaid={accessSaid} onRetry={onRetry} />
      {stats && (
        <>
          <Daily stats={stats} days={days} />
          <Platforms stats={stats} />
          <Apps stats={stats} />
          <footer className="content-foot">
            <p>Shares of apps, without robots. Days are days in UTC.</p>
            <AsOf
              asOf={stats.asOf}
              zone={zone}
              file={`streakline-shares-${days}-days`}
              csv={() => sharesCsv(stats)}
              onRetry={onRetry}
            />
          </footer>
        </>
      )}
    </div>
  );
}

function Daily({ stats, days }: { readonly stats: ShareStats; readonly days: Period }) {
  const { dailyShares: daily, totalShares: total, asOf } = stats;
  const cut = beginsWithin(asOf);
  const first = daily[0];
  const step = days === 7 ? 1 : days === 30 ? 7 : 14;
  const words = `${counted(total, "share")} of apps in the last ${days} days`;
  return (
    <section className="list content-days" aria-labelledby="shares-daily">
      <h2 id="shares-daily">Last {days} days</h2>
      <p className="page-figure" data-figure="shares.total">
        <span className="figure-value">{whole(total)}</span> <span>shares</span>
      </p>
      {total === 0 && (
        <p className="empty">
          No app was shared in these days. How often any other content was is on its own page.
        </p>
      )}
      <Columns
        heading="Day"
        measures={["Shares"]}
        format={whole}
        summary={`Shares by day. ${words}.`}
        columns={daily.map((day, index) => ({
          label: (daily.length - 1 - index) % step === 0 ? dateOf(day.date) : "",
          name: dateOf(day.date),
          values: [day.count],
          running: cut && index === daily.length - 1,
        }))}
      />
      <p className="key">
        <span className="swatch swatch-past" aria-hidden="true" /> shares a day
        {cut && (
          <>
            <span className="swatch swatch-now" aria-hidden="true" /> today so far
          </>
        )}
      </p>
      {cut && first && (
        <p className="hint">
          {dateOf(first.date)} is not whole: the range begins on it at {clock(Date.parse(asOf), "UTC")} UTC.
        </p>
      )}
    </section>
  );
}

function Platforms({ stats: { platformStats, totalShares } }: { readonly stats: ShareStats }) {
  const platforms = Object.entries(platformStats).sort(([, left], [, right]) => right - left);
  return (
    <section className="list" aria-labelledby="shares-platforms">
      <header className="section-head">
        <h2 id="shares-platforms">Where to</h2>
        <p className="column">shares, per cent</p>
      </header>
      <Parts
        parts={platforms.map(([platform, value]) => ({ key: platform, name: platform, value }))}
        total={totalShares}
        unit="shares"
        empty="No platforms in these days."
      />
    </section>
  );
}

function Apps({ stats: { mostSharedApps, totalShares } }: { readonly stats: ShareStats }) {
  return (
    <section className="list" aria-labelledby="shares-apps">
      <header className="section-head">
        <h2 id="shares-apps">Most shared apps</h2>
        <p className="column">shares, per cent</p>
      </header>
      <Parts
        parts={mostSharedApps.map(({ appId, appName, shareCount }) => ({
          key: appId,
          name: <ContentLink id={appId}>{appName}</ContentLink>,
          value: shareCount,
        }))}
        total={totalShares}
        unit="shares"
        empty="No app was shared in these days."
      />
    </section>
  );
}
