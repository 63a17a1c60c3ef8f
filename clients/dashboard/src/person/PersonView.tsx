import type { Milestones, Period, Person, PersonRecord, Streak, ViewingTime } from "@streakline/web";
import type { ReactNode } from "react";
import { Link, useSearch } from "wouter";
import { withQuery } from "../address.ts";
import { clock } from "../format.ts";
import { AsOf } from "../parts/AsOf.tsx";
import { ChooseId } from "../parts/ChooseId.tsx";
import { TroubleNotice } from "../parts/Trouble.tsx";
import { ZoneChoice } from "../parts/ZonePicker.tsx";
import { type AnswerState, firstTrouble } from "../use_answer.ts";
import { Calendar } from "./Calendar.tsx";
import { personCsv } from "./figures.ts";
import { NextMilestones, Played, Reached, StreakNow } from "./Sections.tsx";
import { Viewing } from "./Viewing.tsx";
import type { PersonAsked } from "./view.ts";
import { ZoneLine } from "./ZoneLine.tsx";
import type { ZoneShown } from "./zone.ts";

interface PersonViewProps {
  readonly asked: PersonAsked;
  readonly streak: AnswerState<Streak>;
  readonly milestones: AnswerState<Milestones>;
  readonly viewing: AnswerState<ViewingTime>;
  readonly record: AnswerState<PersonRecord>;
  readonly person: AnswerState<Person>;
  /** The rules of the streak, to be looked at and changed. */
  readonly rules: (person: Person) => ReactNode;
  readonly shown: ZoneShown;
  /** A person that there is, for who knows none; null where that is not known. */
  readonly example: string | null;
  readonly token: string | null;
  readonly accessSaid: boolean;
  readonly onPeriod: (period: Period) => void;
  readonly onPerson: (user: string) => void;
  /** Show days and times in a zone; "" in the person's own. */
  readonly onZone: (zone: string) => void;
  readonly onRetry: () => void;
}

/** The page of a person, in whatever state its numbers are. */
export function PersonView(props: PersonViewProps) {
  const { asked, milestones, viewing, record, person, rules, shown, example, token, accessSaid } = props;
  const { onPeriod, onPerson, onZone, onRetry } = props;
  const { zone } = shown;
  const streak = props.streak.value;
  const search = useSearch();
  const answers = [props.streak, milestones, viewing, record, person];
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
          example={trouble?.kind === "person" ? example : null}
          onChoose={onPerson}
        />
      )}
      {streak === null && trouble === null && <p className="empty">Asking history…</p>}
      <TroubleNotice trouble={trouble} shownOf={at} token={token} accessSaid={accessSaid} onRetry={onRetry} />
      {streak && (
        <>
          <ZoneLine shown={shown} person={streak.userId} onOwn={() => onZone("")} />
          <StreakNow streak={streak} zone={zone} />
          {(record.value || record.trouble === null) && (
            <Calendar
              days={record.value?.days ?? null}
              rules={person.value}
              asOf={record.value?.asOf ?? streak.asOf}
              zone={zone}
            />
          )}
          {person.value && rules(person.value)}
          {milestones.value && <NextMilestones milestones={milestones.value} />}
          {milestones.value && <Reached milestones={milestones.value} zone={zone} />}
          {viewing.value && <Viewing viewing={viewing.value} asked={asked.period} onPeriod={onPeriod} />}
          {record.value && <Played record={record.value} zone={zone} />}
          <footer className="content-foot">
            <ZoneChoice zone={zone} onChoose={onZone} />
            <AsOf
              asOf={streak.asOf}
              zone={zone}
              file={`streakline-${streak.userId}`}
              csv={() => personCsv(streak, milestones.value, viewing.value, record.value, person.value)}
              onRetry={onRetry}
            />
          </footer>
        </>
      )}
    </div>
  );
}
