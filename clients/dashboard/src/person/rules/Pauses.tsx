import { type FormEvent, useState } from "react";
import { dateAndYear } from "../../format.ts";
import { Action } from "./Action.tsx";
import { Rows } from "./Rows.tsx";
import type { PartProps } from "./RulesView.tsx";
import { endedPause, newId, pause, takenBack } from "./statements.ts";
import { pauseState, pauseTrouble, pauseWords } from "./words.ts";

interface PausesProps extends PartProps {
  readonly today: string;
}

/** Pauses as ranges of days: added, ended now, removed. */
export function Pauses({ person, today, mayState, off, onState }: PausesProps) {
  const { userId } = person;
  const newest = [...person.pauses].sort((a, b) => (a.from < b.from ? 1 : -1));
  return (
    <section aria-labelledby="rules-pauses" data-figure="rules.pauses">
      <h3 id="rules-pauses">Pauses</h3>
      <p className="hint">
        Days of a pause need no play, the first and the last one among them. One has at most 90 days.
      </p>
      {mayState && (
        <NewPause today={today} off={off} onAdd={(from, to) => onState(pause(userId, newId(), from, to))} />
      )}
      <Rows
        empty="There is no pause."
        rows={newest.map((one) => {
          const where = pauseState(one, today);
          return {
            key: one.id,
            words: `${pauseWords(one)}, ${where}`,
            actions: mayState && (
              <>
                {where === "now" && (
                  <Action
                    off={off}
                    about={`the pause of ${pauseWords(one)}`}
                    onAct={() => onState(endedPause(userId, one, today))}
                  >
                    End now
                  </Action>
                )}
                <Action
                  off={off}
                  about={`the pause of ${pauseWords(one)}`}
                  onAct={() => onState(takenBack(userId, "pause", one.id))}
                >
                  Remove
                </Action>
              </>
            ),
          };
        })}
      />
    </section>
  );
}

interface NewPauseProps {
  readonly today: string;
  readonly off: boolean;
  readonly onAdd: (from: string, to: string) => void;
}

function NewPause({ today, off, onAdd }: NewPauseProps) {
  const [from, setFrom] = useState(today);
  const [to, setTo] = useState("");
  const [trouble, setTrouble] = useState<string | null>(null);
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (off) return;
    const found = pauseTrouble(from, to);
    setTrouble(found);
    if (found !== null) return;
    onAdd(from, to);
    setTo("");
  };
  const day = (label: string, value: string, onChange: (day: string) => void) => (
    <label>
      {label}
      <input
        type="date"
        min="2000-01-01"
        max="2099-12-31"
        value={value}
        aria-invalid={trouble !== null || undefined}
        aria-describedby={trouble !== null ? "rules-pause-trouble" : undefined}
        onChange={(event) => {
          onChange(event.target.value);
          setTrouble(null);
        }}
      />
    </label>
  );
  return (
    <form className="rules-do" onSubmit={add} noValidate>
      {day("From", from, setFrom)}
      {day("To", to, setTo)}
      <Action submit off={off}>
        Add a pause
      </Action>
      <p id="rules-pause-trouble" className="rules-trouble" role="alert">
        {trouble}
      </p>
      {trouble === null && from !== "" && to !== "" && pauseTrouble(from, to) === null && (
        <p className="hint">
          {dateAndYear(from)} to {dateAndYear(to)}
        </p>
      )}
    </form>
  );
}
