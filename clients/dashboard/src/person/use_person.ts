import { decodePerson, type Person } from "@streakline/web";
import { useSearchParams } from "wouter";
import { askedZone, HOME_ZONE } from "../address.ts";
import { useMe } from "../sign_in/use_me.ts";
import { type AnswerState, useGet } from "../use_answer.ts";
import { type ZoneShown, zoneShown } from "./zone.ts";

interface PersonAndZone {
  /** Null until it is known whether the person stated one. */
  readonly shown: ZoneShown | null;
  /** What is stated of the person, by the zone that is shown. */
  readonly person: AnswerState<Person>;
  readonly again: () => void;
}

/**
 * What is stated of a person, and the zone to show everything else of him in.
 *
 * @param user the person that the address names; null for the one whose token it is.
 */
export function usePerson(user: string | null): PersonAndZone {
  const [query] = useSearchParams();
  const asked = askedZone(query);
  const me = useMe();
  const id = user ?? me.value?.user ?? null;
  const path = id === null ? null : `api/v1/people/${encodeURIComponent(id)}`;
  const inZone = (zone: string | null) =>
    path === null || zone === null ? path : `${path}?${new URLSearchParams({ tz: zone })}`;
  const [stated, againStated] = useGet(inZone(asked), decodePerson, true);
  const isKnown = id === null ? !me.asking : stated.value !== null || stated.trouble !== null;
  const shown = asked !== null || isKnown ? zoneShown(asked, stated.value?.zone ?? null) : null;
  // without a zone of his own the server tells days by UTC, the page by the zone of the device
  const isElsewhere = shown?.whose === "device" && stated.value !== null;
  const [here, againHere] = useGet(isElsewhere ? inZone(HOME_ZONE) : null, decodePerson, true);
  return {
    shown,
    person: isElsewhere ? here : stated,
    again: () => {
      againStated();
      againHere();
    },
  };
}
