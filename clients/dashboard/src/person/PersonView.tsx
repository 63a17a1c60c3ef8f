import type { Milestones, Period, PersonRecord, Streak, ViewingTime } from "@streakline/web";
import { Link, useSearch } from "wouter";
import { withQuery } from "../address.ts";
import { clock } from "../format.ts";
import { AsOf } from "../parts/AsOf.tsx";
import { ChooseId } from "../parts/ChooseId.tsx";
import { TroubleNotice } from "../parts/Trouble.tsx";
import { ZonePicker } from "../parts/ZonePicker.tsx";
import { type AnswerState, firstTrouble } from "../use_answer.ts";
import { Calendar } from "./Calendar.tsx";
import { personCsv } from "./figures.ts";
import { NextMilestones, Played, Reached, StreakNow } from "./Sections.tsx";
import { Viewing } from "./Viewing.tsx";
import type { PersonAsked } from "./view.ts";

interface PersonViewProps {
  readonly asked: PersonAsked;
  readonly streak: AnswerState<Streak>;
  readonly milestones: AnswerState<Milestones>;
  readonly viewing: AnswerState<ViewingTime>;
  readonly record: AnswerState<PersonRecord>;
  readonly zone: string;
  readonly token: string | null;
  readonly accessSaid: boolean;
  readonly onPeriod: (period: Period) => void;
  readonly onPerson: (user: string) => void;
  readonly onRetry: () => void;
}

/** The page of a person, in whatever state its numbers are. */
export function PersonView(props: PersonViewProps) {
  const { asked, milestones, viewing, record, zone, token, accessSaid, onPeriod, onPerson, onRetry } = props;
  const streak = props.streak.value;
  const search = useSearch();
  const answers = [props.streak, milestones, viewing, record];
  const trouble = firstTrouble(answers);
  const at = streak && clock(Date.parse(streak.asOf), zone, true);
  return (
    <div
      className="content person"
      aria-busy={answers.some(({ asking }) => asking)}
      data-stale={(streak !== null && trouble !== null) || undefined}
    >
      <header className="page-head">
        <h1>{streak?.userId ?? asked.user ?? "Person"}</h1>
        <Link href={withQuery("/year", search)}>Year in review</Link>
      </header>
      {(trouble?.kind === "person" || asked.user !== null) && (
        <ChooseId
          id={asked.user}
          label="Id of the person"
          question={
            trouble?.kind === "person" ? "This link is nobody’s own. Whose numbers do you want to see?" : null
          }
          onChoose={onPerson}
        />
      )}
      {streak === null && trouble === null && <p className="empty">Asking history…</p>}
      <TroubleNotice trouble={trouble} shownOf={at} token={token} accessSaid={accessSaid} onRetry={onRetry} />
      {streak && (
        <>
          <StreakNow streak={streak} zone={zone} />
          {(record.value || record.trouble === null) && (
            <Calendar
              days={record.value?.days ?? null}
              asOf={record.value?.asOf ?? streak.asOf}
              zone={zone}
            />
          )}
          {milestones.value && <NextMilestones milestones={milestones.value} />}
          {milestones.value && <Reached milestones={milestones.value} zone={zone} />}
          {viewing.value && <Viewing viewing={viewing.value} asked={asked.period} onPeriod={onPeriod} />}
          {record.value && <Played record={record.value} zone={zone} />}
          <footer className="content-foot">
            <ZonePicker />
            <AsOf
              asOf={streak.asOf}
              zone={zone}
              file={`streakline-${streak.userId}`}
              csv={() => personCsv(streak, milestones.value, viewing.value, record.value)}
              onRetry={onRetry}
            />
          </footer>
        </>
      )}
    </div>
  );
}
