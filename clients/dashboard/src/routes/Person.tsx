import { decodeMilestones, decodePersonRecord, decodeStreak, decodeViewingTime } from "@streakline/web";
import { useSearchParams } from "wouter";
import { HOME_ZONE, useMember, useTitle } from "../address.ts";
import { usePage, useStore } from "../page.tsx";
import { PersonView } from "../person/PersonView.tsx";
import { StreakRules } from "../person/rules/StreakRules.tsx";
import { usePerson } from "../person/use_person.ts";
import { MADE_UP, type PersonAsked, personAsked, personQuery } from "../person/view.ts";
import { zoneShown } from "../person/zone.ts";
import { isAboutAccess } from "../store.ts";
import "../styles/person.css";
import "../styles/rules.css";
import { useGet } from "../use_answer.ts";

/** A person: streak, calendar, milestones, viewing time, what was played most and last. */
export default function Person() {
  const [query] = useSearchParams();
  const asked = personAsked(query);
  // no answer about one person may stand under the name of another
  return <Known key={asked.user ?? ""} asked={asked} />;
}

function Known({ asked }: { readonly asked: PersonAsked }) {
  const change = useMember();
  const { token } = usePage();
  const { shown, person, again: againPerson } = usePerson(asked.user);
  const zone = shown?.zone ?? null;
  const said = useStore((page) => isAboutAccess(page.failure));
  const generated = useStore((page) => page.overview?.generated === true);
  // nothing is asked before it is known by whose days
  const about = (what: string) =>
    zone === null ? null : `api/analytics/${what}?${personQuery(asked, zone)}`;
  const [streak, againStreak] = useGet(about("streak"), decodeStreak, true);
  const [milestones, againMilestones] = useGet(about("milestones"), decodeMilestones, true);
  const viewingTime = about("viewing-time");
  const [viewing, againViewing] = useGet(
    viewingTime === null ? null : `${viewingTime}&period=${asked.period}`,
    decodeViewingTime,
    true,
  );
  // whose the numbers are is known from an answer: a token may be a key, which says nothing itself
  const user = asked.user ?? streak.value?.userId ?? null;
  const [record, againRecord] = useGet(
    user === null || zone === null
      ? null
      : `api/v1/people/${encodeURIComponent(user)}/record?${new URLSearchParams({ tz: zone })}`,
    decodePersonRecord,
    true,
  );
  useTitle(user ?? "Person");
  const again = () => {
    againPerson();
    againStreak();
    againMilestones();
    againViewing();
    againRecord();
  };

  return (
    <PersonView
      asked={asked}
      streak={streak}
      milestones={milestones}
      viewing={viewing}
      record={record}
      person={person}
      rules={(known) => <StreakRules person={known} zone={zone ?? HOME_ZONE} onChanged={again} />}
      shown={shown ?? zoneShown(null, null)}
      example={generated ? MADE_UP : null}
      token={token}
      accessSaid={said}
      onPeriod={(period) => change("period", period, "week")}
      onPerson={(chosen) => change("user", chosen)}
      onZone={(chosen) => change("tz", chosen)}
      onRetry={again}
    />
  );
}
