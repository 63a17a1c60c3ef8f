import type { ArtistStats, CreatorDays } from "@streakline/web";
import type { ReactNode } from "react";
import { TIME_RANGES, type TimeRange } from "../content/view.ts";
import { clock } from "../format.ts";
import { AsOf } from "../parts/AsOf.tsx";
import { ChooseId } from "../parts/ChooseId.tsx";
import { Segments } from "../parts/Segments.tsx";
import { TroubleNotice } from "../parts/Trouble.tsx";
import { ZonePicker } from "../parts/ZonePicker.tsx";
import { type AnswerState, firstTrouble } from "../use_answer.ts";
import { Days, Where } from "./Days.tsx";
import { type CreatorAsked, creatorCsv } from "./figures.ts";
import { Engagement, Overview, Playlists, Recent, TopTracks } from "./Sections.tsx";

interface CreatorViewProps {
  readonly asked: CreatorAsked;
  readonly stats: AnswerState<ArtistStats>;
  readonly days: AnswerState<CreatorDays>;
  /** What is played at this moment. */
  readonly now: ReactNode;
  readonly zone: string;
  readonly token: string | null;
  readonly accessSaid: boolean;
  readonly onRange: (timeRange: TimeRange) => void;
  readonly onCreator: (artist: string) => void;
  readonly onRetry: () => void;
}

const CHOICES = TIME_RANGES.map((value) => ({ value, label: value }));

/** The page of a creator, in whatever state its numbers are. */
export function CreatorView(props: CreatorViewProps) {
  const { asked, stats: answer, days, now, zone, token, accessSaid, onRange, onCreator, onRetry } = props;
  const { value: stats, asking } = answer;
  const trouble = firstTrouble([answer, days]);
  const at = stats && clock(Date.parse(stats.asOf), zone, true);
  const name = stats?.artistProfile.name ?? asked.artist ?? "Creator";
  return (
    <div
      className="content creator"
      aria-busy={asking || days.asking}
      data-stale={(stats !== null && trouble !== null) || undefined}
    >
      <header className="page-head">
        <h1>{name}</h1>
        <Segments legend="Time shown" options={CHOICES} chosen={asked.timeRange} onChoose={onRange} />
      </header>
      {(trouble?.kind === "creator" || asked.artist !== null) && (
        <ChooseId
          id={asked.artist}
          label="Id of the creator"
          question={
            trouble?.kind === "creator"
              ? "This link is not for one creator alone. Whose numbers do you want to see?"
              : null
          }
          onChoose={onCreator}
        />
      )}
      {stats === null && trouble === null && <p className="empty">Asking history…</p>}
      <TroubleNotice trouble={trouble} shownOf={at} token={token} accessSaid={accessSaid} onRetry={onRetry} />
      {stats && (
        <>
          {now}
          <Overview stats={stats} timeRange={asked.timeRange} />
          {days.value && <Days days={days.value} />}
          <TopTracks stats={stats} />
          <Engagement stats={stats} />
          {days.value && <Where days={days.value} plays={stats.overview.totalPlays} />}
          <Recent title="Last plays" events={stats.recentActivity.plays} zone={zone} empty="No play yet." />
          <div className="creator-column">
            <Recent title="Last likes" events={stats.recentActivity.likes} zone={zone} empty="No like yet." />
            <Playlists stats={stats} />
          </div>
          <footer className="content-foot">
            <ZonePicker />
            <AsOf
              asOf={stats.asOf}
              zone={zone}
              file={`streakline-${stats.artistProfile.id}`}
              csv={() => creatorCsv(stats, days.value)}
              onRetry={onRetry}
            />
          </footer>
        </>
      )}
    </div>
  );
}
