import { decodeMilestones, decodePersonRecord, decodeStreak, decodeViewingTime } from "@streakline/web";
import { useCallback, useEffect } from "react";
import { useSearchParams } from "wouter";
import { useView } from "../address.ts";
import { askServer } from "../ask.ts";
import { usePage, useStore } from "../page.tsx";
import { PersonView } from "../person/PersonView.tsx";
import { type PersonAsked, personAsked, personQuery } from "../person/view.ts";
import { isAboutAccess } from "../store.ts";
import "../styles/person.css";
import { type Ask, useAnswer } from "../use_answer.ts";

/** A person: streak, calendar, milestones, viewing time, what was played most and last. */
export default function Person() {
  const [query] = useSearchParams();
  const asked = personAsked(query);
  // no answer about one person may stand under the name of another
  return <Known key={asked.user ?? ""} asked={asked} />;
}

function Known({ asked }: { readonly asked: PersonAsked }) {
  const [, setQuery] = useSearchParams();
  const [{ zone }] = useView();
  const { token } = usePage();
  const key = personQuery(asked, zone);
  const said = useStore((page) => isAboutAccess(page.failure));
  const [streak, againStreak] = useHistory(`api/analytics/streak?${key}`, decodeStreak);
  const [milestones, againMilestones] = useHistory(`api/analytics/milestones?${key}`, decodeMilestones);
  const [viewing, againViewing] = useHistory(
    `api/analytics/viewing-time?${key}&period=${asked.period}`,
    decodeViewingTime,
    true,
  );
  // whose the numbers are is known from an answer: a token may be a key, which says nothing itself
  const person = asked.user ?? streak.value?.userId ?? null;
  const [record, againRecord] = useHistory(
    person === null
      ? null
      : `api/v1/people/${encodeURIComponent(person)}/record?${new URLSearchParams({ tz: zone })}`,
    decodePersonRecord,
  );
  const name = person ?? "Person";

  useEffect(() => {
    document.title = `${name} · Streakline`;
  }, [name]);
  useEffect(() => {
    window.scrollTo(0, 0);
  }, []);

  const change = (member: string, value: string, usual: string) =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === usual) next.delete(member);
        else next.set(member, value);
        return next;
      },
      { replace: true },
    );

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
      onPerson={(user) => change("user", user, "")}
      onRetry={() => {
        againStreak();
        againMilestones();
        againViewing();
        againRecord();
      }}
    />
  );
}

/** The answer to a question of history; none is asked while its path is not known. */
function useHistory<T>(path: string | null, decode: (body: unknown) => T, keeps = false) {
  const ask: Ask<T> = useCallback(
    (bearer, signal) =>
      path === null ? new Promise(() => undefined) : askServer({ path, decode }, bearer, signal),
    [path, decode],
  );
  const [state, again] = useAnswer(path ?? "", ask, keeps);
  return [path === null ? { ...state, asking: false } : state, again] as const;
}
