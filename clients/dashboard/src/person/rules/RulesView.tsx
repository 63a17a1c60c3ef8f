import type { Person } from "@streakline/web";
import { useEffect, useRef } from "react";
import { Freezes } from "./Freezes.tsx";
import { HowDaysCount } from "./HowDaysCount.tsx";
import { Pauses } from "./Pauses.tsx";
import { Repairs } from "./Repairs.tsx";
import type { Kind, Statement } from "./statements.ts";
import type { Statements } from "./use_statements.ts";

interface RulesViewProps {
  readonly person: Person;
  /** The person's day at the moment, `2026-11-21`. */
  readonly today: string;
  /** Whether the reader may change anything; null while that is not known. */
  readonly mayState: boolean | null;
  readonly statements: Statements;
}

/** What every part of the rules is given. */
export interface PartProps {
  readonly person: Person;
  readonly mayState: boolean;
  /** Whether nothing can be stated of it just now. */
  readonly off: boolean;
  readonly onState: (statement: Statement) => void;
}

/** How the streak of a person is counted and what holds it, to be looked at and, for who may, to be changed. */
export function RulesView({ person, today, mayState, statements }: RulesViewProps) {
  const { busy, waiting, outcome, state } = statements;
  const heading = useRef<HTMLHeadingElement>(null);
  const acted = useRef(false);
  // what was pressed may be gone with its row: the focus goes to what it was part of, not to the top of the page
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer answer is the reason to look
  useEffect(() => {
    if (acted.current && document.activeElement === document.body) heading.current?.focus();
  }, [person]);
  const part = (kind: Kind): PartProps => ({
    person,
    mayState: mayState === true,
    off: busy || waiting.includes(kind),
    onState: (statement) => {
      acted.current = true;
      state(statement);
    },
  });
  return (
    <section className="list content-days rules" aria-labelledby="person-rules" aria-busy={busy}>
      <h2 id="person-rules" ref={heading} tabIndex={-1}>
        Streak rules
      </h2>
      <p className="hint">
        What holds a streak over a day without a play, and what a day is. Nothing but a play makes a streak
        longer.
        {mayState === false &&
          ` To change these rules takes ${person.userId}’s own token with the scope write:self, or an admin’s.`}
      </p>
      <p className="outcome" role="status">
        {outcome.words}{" "}
        {outcome.again !== null && (
          <button
            type="button"
            className="quiet"
            onClick={() => outcome.again !== null && state(outcome.again)}
          >
            Try again
          </button>
        )}
      </p>
      <div className="rules-parts">
        <HowDaysCount {...part("settings")} />
        <Freezes {...part("freeze")} />
        <Pauses {...part("pause")} today={today} />
        <Repairs {...part("repair")} />
      </div>
    </section>
  );
}
