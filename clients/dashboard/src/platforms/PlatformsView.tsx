import type { Measurement } from "@streakline/web";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "wouter";
import { withMember, withQuery } from "../address.ts";
import { clock } from "../format.ts";
import { AsOf } from "../parts/AsOf.tsx";
import { ChooseId } from "../parts/ChooseId.tsx";
import { Segments } from "../parts/Segments.tsx";
import { TroubleNotice } from "../parts/Trouble.tsx";
import { ZoneChoice } from "../parts/ZonePicker.tsx";
import type { AnswerState } from "../use_answer.ts";
import { PARTS, type Part, type PlatformsAsked, platformName, RANGES, type Range } from "./view.ts";

interface PlatformsViewProps {
  readonly asked: PlatformsAsked;
  readonly state: AnswerState<Measurement | null>;
  /** The numbers, where there are any. */
  readonly children?: ReactNode;
  /** The same numbers for a spreadsheet; null where there are none. */
  readonly csv: (() => string) | null;
  readonly example: string | null;
  readonly token: string | null;
  readonly accessSaid: boolean;
  readonly onChange: (member: string, value: string, usual?: string) => void;
  readonly onRetry: () => void;
}

const PARTS_SHOWN = (Object.keys(PARTS) as Part[]).map((value) => ({ value, label: PARTS[value] }));
const RANGES_SHOWN: readonly { value: Range; label: string }[] = (["7d", "30d", "90d"] as const).map(
  (value) => ({ value, label: value }),
);

/** The page of the platforms, in whatever state its numbers are. */
export function PlatformsView(props: PlatformsViewProps) {
  const { asked, state, children, csv, example, token, accessSaid, onChange, onRetry } = props;
  const { value, asking, trouble } = state;
  const [query] = useSearchParams();
  const at = value && clock(Date.parse(value.asOf), value.period.tz, true);
  const nobody = trouble?.kind === "person";
  return (
    <div
      className="content platforms"
      aria-busy={asking}
      data-stale={(value !== null && trouble !== null) || undefined}
    >
      <header className="page-head">
        <h1>{asked.platform === null ? "Platforms" : platformName(asked.platform)}</h1>
        {asked.platform === null ? (
          <Segments
            legend="What is shown"
            options={PARTS_SHOWN}
            chosen={asked.part}
            onChoose={(part) => onChange("show", part, "overview")}
          />
        ) : (
          <Link href={withQuery("/platforms", withMember(query, "platform", "").toString())}>
            All platforms
          </Link>
        )}
        {asked.part !== "connections" && (
          <Segments
            legend="Days shown"
            options={RANGES_SHOWN}
            chosen={asked.range}
            onChoose={(range) => onChange("timeRange", range, RANGES[0])}
          />
        )}
      </header>
      {(nobody || asked.user !== null) && (
        <ChooseId
          id={asked.user}
          label="Id of the person"
          question={nobody ? "This link is nobody’s own. Whose numbers do you want to see?" : null}
          example={nobody ? example : null}
          onChoose={(user) => onChange("user", user)}
        />
      )}
      {asking && value === null && trouble === null && <p className="empty">Asking history…</p>}
      <TroubleNotice trouble={trouble} shownOf={at} token={token} accessSaid={accessSaid} onRetry={onRetry} />
      {children}
      {value && (
        <footer className="content-foot">
          <ZoneChoice zone={value.period.tz} onChoose={(zone) => onChange("tz", zone)} />
          {csv && (
            <AsOf
              asOf={value.asOf}
              zone={value.period.tz}
              file={`streakline-platforms-${value.userId}`}
              csv={csv}
              onRetry={onRetry}
            />
          )}
        </footer>
      )}
    </div>
  );
}
