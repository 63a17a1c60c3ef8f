import type { Person } from "@streakline/web";
import { dateAndYear } from "../../format.ts";
import { Action } from "./Action.tsx";
import { Rows } from "./Rows.tsx";
import type { PartProps } from "./RulesView.tsx";
import { newId, repair, takenBack } from "./statements.ts";
import { gainWords, repairWords } from "./words.ts";

/** A missed day that can be taken back, where the rules allow it, and those that were. */
export function Repairs({ person, mayState, off, onState }: PartProps) {
  const { userId, repairable, repairs } = person;
  const newest = [...repairable].reverse();
  const worth = newest.filter(({ gained }) => gained > 0);
  const others = newest.filter(({ gained }) => gained <= 0);
  const mend = (day: string) => onState(repair(userId, newId(), day));
  return (
    <section aria-labelledby="rules-repairs" data-figure="rules.repairs">
      <h3 id="rules-repairs">Repairs</h3>
      <p className="hint">
        A missed day of the last seven can be taken back, as if it had not been missed; one in seven days.
      </p>
      <p className="rules-now">{repairWords(person)}</p>
      <Missed days={worth} mayState={mayState} off={off} onRepair={mend} />
      {others.length > 0 && (
        <details>
          <summary>{worth.length > 0 ? "Other missed days" : "Repair one all the same"}</summary>
          <Missed days={others} mayState={mayState} off={off} onRepair={mend} />
        </details>
      )}
      <Rows
        empty="No day was repaired."
        rows={[...repairs].reverse().map(({ id, day, holds }) => ({
          key: id,
          words: holds
            ? `${dateAndYear(day)}, repaired`
            : `${dateAndYear(day)}, does not hold: made too late, or too soon after another`,
          actions: mayState && (
            <Action
              off={off}
              about={`the repair of ${dateAndYear(day)}`}
              onAct={() => onState(takenBack(userId, "repair", id))}
            >
              {holds ? "Take back" : "Remove"}
            </Action>
          ),
        }))}
      />
    </section>
  );
}

interface MissedProps {
  readonly days: Person["repairable"];
  readonly mayState: boolean;
  readonly off: boolean;
  readonly onRepair: (day: string) => void;
}

function Missed({ days, mayState, off, onRepair }: MissedProps) {
  if (days.length === 0) return null;
  return (
    <ul className="rules-rows">
      {days.map((one) => (
        <li key={one.day}>
          <span>
            {dateAndYear(one.day)}, {gainWords(one)}
          </span>
          {mayState && (
            <Action off={off} about={dateAndYear(one.day)} onAct={() => onRepair(one.day)}>
              Repair
            </Action>
          )}
        </li>
      ))}
    </ul>
  );
}
