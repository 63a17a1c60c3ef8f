import { Action } from "./Action.tsx";
import { Rows } from "./Rows.tsx";
import type { PartProps } from "./RulesView.tsx";
import { freeze, newId, takenBack } from "./statements.ts";
import { balanceWords, freezeWords } from "./words.ts";

/** Freezes that are held, used and lost; one can be added, and one that is held given back. */
export function Freezes({ person, mayState, off, onState }: PartProps) {
  const { userId, freezes } = person;
  const isFull = freezes.balance >= freezes.most;
  return (
    <section aria-labelledby="rules-freezes" data-figure="rules.freezes">
      <h3 id="rules-freezes">Freezes</h3>
      <p className="hint">
        A freeze covers by itself the first day that is missed after it was got. A play that comes late for
        that day gives it back.
      </p>
      <p className="rules-now">{balanceWords(freezes)}</p>
      {mayState && (
        <p className="rules-do">
          <Action off={off || isFull} onAct={() => onState(freeze(userId, newId()))}>
            Add a freeze
          </Action>
          {isFull && <span className="hint">One more would be lost: {freezes.most} are the most.</span>}
        </p>
      )}
      <Rows
        empty="No freeze was ever got."
        rows={[...freezes.got].reverse().map((one) => ({
          key: one.id,
          words: freezeWords(one),
          actions: mayState && one.state === "held" && (
            <Action
              off={off}
              about={`the freeze that was got on ${one.day}`}
              onAct={() => onState(takenBack(userId, "freeze", one.id))}
            >
              Give back
            </Action>
          ),
        }))}
      />
    </section>
  );
}
