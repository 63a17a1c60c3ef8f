import type { Person } from "@streakline/web";
import { useMe } from "../../sign_in/use_me.ts";
import { dayIn } from "../calendar.ts";
import { RulesView } from "./RulesView.tsx";
import { useStatements } from "./use_statements.ts";
import { mayState } from "./words.ts";

interface StreakRulesProps {
  readonly person: Person;
  readonly zone: string;
  /** Something that was stated shows by now. */
  readonly onChanged: () => void;
}

/** The rules of a person's streak, with what the reader of this tab may change. */
export function StreakRules({ person, zone, onChanged }: StreakRulesProps) {
  const me = useMe();
  const statements = useStatements(onChanged);
  return (
    <RulesView
      person={person}
      today={dayIn(Date.parse(person.asOf), zone)}
      mayState={me.value === null && me.asking ? null : mayState(me.value, person.userId)}
      statements={statements}
    />
  );
}
