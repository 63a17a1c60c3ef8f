import type { ContentAnalytics } from "@streakline/web";
import type { RefObject } from "react";
import { Link, useSearch } from "wouter";
import { withQuery } from "../address.ts";
import { clock, dayAndTime } from "../format.ts";
import { AsOf } from "../parts/AsOf.tsx";
import { TroubleNotice } from "../parts/Trouble.tsx";
import { ZonePicker } from "../parts/ZonePicker.tsx";
import type { AnswerState } from "../use_answer.ts";
import { csvOf } from "./figures.ts";
import { Breakdowns, Range } from "./Range.tsx";
import type { RangeAnswer } from "./range.ts";
import { rangeRows } from "./range_figures.ts";
import { Days, DropOff, Hours, Lifetime } from "./Sections.tsx";
import type { ContentViewOf } from "./view.ts";

interface ContentViewProps {
  readonly id: string;
  readonly state: AnswerState<ContentAnalytics>;
  readonly view: ContentViewOf;
  readonly range: AnswerState<RangeAnswer>;
  readonly zone: string;
  readonly token: string | null;
  /** Whether the page says already that this link opens nothing. */
  readonly accessSaid: boolean;
  readonly heading?: RefObject<HTMLHeadingElement | null>;
  readonly onRetry: () => void;
}

/** The page of one content, in whatever state its numbers are. */
export function ContentView(props: ContentViewProps) {
  const { id, state, view, range, zone, token, accessSaid, heading, onRetry } = props;
  // whoever may read public numbers only is shown those
  const closed = range.trouble?.kind === "access";
  const search = useSearch();
  const { value: analytics, asking, trouble } = state;
  return (
    <div
      className="content"
      aria-busy={asking}
      data-stale={(analytics !== null && trouble !== null) || undefined}
    >
      <header className="content-head">
        <p className="content-back">
          <Link href={withQuery("/", search)}>
            <span aria-hidden="true">← </span>Back to Live
          </Link>
        </p>
        <h1 ref={heading} tabIndex={-1}>
          {analytics?.mashup.title ?? id}
        </h1>
        {analytics && <About analytics={analytics} zone={zone} />}
      </header>
      {analytics === null && trouble === null && <p className="empty">Asking history…</p>}
      <TroubleNotice
        trouble={trouble}
        shownOf={analytics && clock(Date.parse(analytics.asOf), zone, true)}
        token={token}
        accessSaid={accessSaid}
        onRetry={onRetry}
      />
      {analytics && (
        <>
          <Lifetime analytics={analytics} />
          {closed ? (
            <>
              <Days days={analytics.daily} />
              <p className="hint">
                Any range, with sources, countries and devices, opens with a link that has the scope
                read:admin.
              </p>
            </>
          ) : (
            <>
              <Range view={view} answer={range.value} zone={zone}>
                {range.value === null && range.trouble === null && <p className="empty">Asking history…</p>}
                <TroubleNotice
                  trouble={range.trouble}
                  shownOf={range.value && clock(Date.parse(range.value.totals.asOf), zone, true)}
                  token={token}
                  accessSaid={accessSaid}
                  onRetry={onRetry}
                />
              </Range>
              {range.value && <Breakdowns answer={range.value} />}
            </>
          )}
          <Hours hours={analytics.peakTimes} zone={analytics.tz} />
          <DropOff retention={analytics.retention} />
          <footer className="content-foot">
            <ZonePicker />
            <AsOf
              asOf={analytics.asOf}
              zone={zone}
              file={`streakline-${id}`}
              csv={() => csvOf(analytics, range.value && rangeRows(range.value))}
              onRetry={onRetry}
            />
          </footer>
        </>
      )}
    </div>
  );
}

function About({ analytics, zone }: { readonly analytics: ContentAnalytics; readonly zone: string }) {
  const { id, title, createdAt, createdAtIs } = analytics.mashup;
  const word = createdAtIs === "stated" ? "Created" : "First event";
  return (
    <p className="content-about">
      {createdAt !== "" && (
        <span>
          {word} <time dateTime={createdAt}>{dayAndTime(Date.parse(createdAt), zone)}</time>
        </span>
      )}
      {title !== id && <code>{id}</code>}
    </p>
  );
}
