import { dateAndYear } from "../../format.ts";
import { Action } from "./Action.tsx";
import { Rows } from "./Rows.tsx";
import type { PartProps } from "./RulesView.tsx";
import { newId, repair, takenBack } from "./statements.ts";
import { repairWords } from "./words.ts";

/** A missed day that can be taken back, where the rules allow it, and those that were. */
export function Repairs({ person, mayState, off, onState }: PartProps) {
  const { userId, repairable, repairs } = person;
  return (
    <section aria-labelledby="rules-repairs" data-figure="rules.repairs">
      <h3 id="rules-repairs">Repairs</h3>
      <p className="hint">
        A missed day of the last seven can be taken back, as if it had not been missed; one in seven days.
      </p>
      <p className="rules-now">{repairWords(person)}</p>
      {repairable.length > 0 && (
        <ul className="rules-do">
          {[...repairable].reverse().map((day) => (
            <li key={day}>
              {mayState ? (
                <Action off={off} onAct={() => onState(repair(userId, newId(), day))}>
                  Repair {dateAndYear(day)}
                </Action>
              ) : (
                dateAndYear(day)
              )}
            </li>
          ))}
        </ul>
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
