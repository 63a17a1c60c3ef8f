import { decodeMilestones, decodePersonRecord, decodeStreak, decodeViewingTime } from "@streakline/web";
import { useSearchParams } from "wouter";
import { useMember, useTitle, useView } from "../address.ts";
import { usePage, useStore } from "../page.tsx";
import { PersonView } from "../person/PersonView.tsx";
import { type PersonAsked, personAsked, personQuery } from "../person/view.ts";
import { isAboutAccess } from "../store.ts";
import "../styles/person.css";
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
  const [{ zone }] = useView();
  const { token } = usePage();
  const key = personQuery(asked, zone);
  const said = useStore((page) => isAboutAccess(page.failure));
  const [streak, againStreak] = useGet(`api/analytics/streak?${key}`, decodeStreak);
  const [milestones, againMilestones] = useGet(`api/analytics/milestones?${key}`, decodeMilestones);
  const [viewing, againViewing] = useGet(
    `api/analytics/viewing-time?${key}&period=${asked.period}`,
    decodeViewingTime,
    true,
  );
  // whose the numbers are is known from an answer: a token may be a key, which says nothing itself
  const person = asked.user ?? streak.value?.userId ?? null;
  const [record, againRecord] = useGet(
    person === null
      ? null
      : `api/v1/people/${encodeURIComponent(person)}/record?${new URLSearchParams({ tz: zone })}`,
    decodePersonRecord,
  );
  useTitle(person ?? "Person");

  return (
    <PersonView
      asked={asked}
      streak={streak}
      milestones={milestones}
      viewing={viewing}
      record={record}
      zone={zone}
      token={token}
      accessSaid={said}
      onPeriod={(period) => change("period", period, "week")}
      onPerson={(user) => change("user", user)}
      onRetry={() => {
        againStreak();
        againMilestones();
        againViewing();
        againRecord();
      }}
    />
  );
}
