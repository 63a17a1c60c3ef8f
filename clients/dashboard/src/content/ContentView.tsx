import type { ContentAnalytics } from "@streakline/web";
import type { RefObject } from "react";
import { Link, useSearch } from "wouter";
import { withQuery } from "../address.ts";
import { clock, dayAndTime } from "../format.ts";
import { Refused } from "../parts/Refused.tsx";
import { ZonePicker } from "../parts/ZonePicker.tsx";
import { csvOf } from "./figures.ts";
import { Days, DropOff, Hours, Lifetime } from "./Sections.tsx";
import type { ContentState } from "./state.ts";

interface ContentViewProps {
  readonly state: ContentState;
  readonly zone: string;
  readonly token: string | null;
  /** Whether the page says already that this link opens nothing. */
  readonly accessSaid: boolean;
  readonly heading?: RefObject<HTMLHeadingElement | null>;
  readonly onRetry: () => void;
}

/** The page of one content, in whatever state its numbers are. */
export function ContentView({ state, zone, token, accessSaid, heading, onRetry }: ContentViewProps) {
  const search = useSearch();
  const { analytics, asking, trouble, id } = state;
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
      <div aria-live="polite">
        {analytics === null && trouble === null && <p className="empty">Asking history…</p>}
        {trouble?.kind === "unknown" && (
          <p className="notice">
            <strong>There is no such content.</strong> {trouble.message}.
          </p>
        )}
        {(trouble?.kind === "away" || trouble?.kind === "failed") && (
          <p className="notice">
            <strong>
              {trouble.kind === "away" ? "History does not answer now." : "Something went wrong."}
            </strong>{" "}
            {trouble.message}{" "}
            {analytics && `The numbers below are of ${clock(Date.parse(analytics.asOf), zone, true)}. `}
            {trouble.kind === "away" && `Asking again every ${Math.ceil(trouble.retryMs / 1000)} s. `}
            <button type="button" className="quiet" onClick={onRetry}>
              Try again
            </button>
          </p>
        )}
      </div>
      {trouble?.kind === "access" && !accessSaid && (
        <Refused failure={trouble.failure} ended={null} token={token} onRetry={onRetry} />
      )}
      {analytics && (
        <>
          <Lifetime analytics={analytics} />
          <Days days={analytics.daily} />
          <Hours hours={analytics.peakTimes} zone={analytics.tz} />
          <DropOff retention={analytics.retention} />
          <footer className="content-foot">
            <ZonePicker />
            <p>
              As of {clock(Date.parse(analytics.asOf), zone, true)}{" "}
              <button type="button" className="quiet" onClick={onRetry}>
                Refresh
              </button>{" "}
              <button type="button" className="quiet" onClick={() => save(analytics)}>
                Download CSV
              </button>
            </p>
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

function save(analytics: ContentAnalytics): void {
  const address = URL.createObjectURL(new Blob([csvOf(analytics)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `streakline-${analytics.mashup.id.replace(/[^\w.-]+/gu, "_").slice(0, 80)}.csv`;
  link.click();
  URL.revokeObjectURL(address);
}
