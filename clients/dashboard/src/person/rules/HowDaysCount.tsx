import { MODES, type Person } from "@streakline/web";
import { type FormEvent, useState } from "react";
import { ZoneOptions } from "../../parts/ZonePicker.tsx";
import { Action } from "./Action.tsx";
import type { PartProps } from "./RulesView.tsx";
import { type Settings, settings } from "./statements.ts";
import { MODE_WORDS, WEEKENDS_MEAN, ZONE_MEANS } from "./words.ts";

/** Zone, mode and weekends off, each with what it means. */
export function HowDaysCount({ person, mayState, off, onState }: PartProps) {
  return (
    <section aria-labelledby="rules-days" data-figure="rules.settings">
      <h3 id="rules-days">How days count</h3>
      {mayState ? (
        <Form person={person} off={off} onSave={(changed) => onState(settings(person.userId, changed))} />
      ) : (
        <Stated person={person} />
      )}
    </section>
  );
}

function Stated({ person }: { readonly person: Person }) {
  const mode = MODE_WORDS[person.mode];
  const rows = [
    ["Zone", person.zone?.replaceAll("_", " ") ?? "None stated", ZONE_MEANS],
    ["Mode", mode.name, mode.means],
    ["Weekends off", person.weekendsOff ? "On" : "Off", WEEKENDS_MEAN],
  ] as const;
  return (
    <dl className="rules-stated">
      {rows.map(([name, value, means]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value}
            <span className="hint">{means}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

interface FormProps {
  readonly person: Person;
  readonly off: boolean;
  readonly onSave: (changed: Partial<Settings>) => void;
}

function Form({ person, off, onSave }: FormProps) {
  const [draft, setDraft] = useState<Partial<Settings>>({});
  const { zone, mode, weekendsOff } = { ...person, ...draft };
  const change = (part: Partial<Settings>) => setDraft((before) => ({ ...before, ...part }));
  const changed: Partial<Settings> = {
    ...(zone !== null && zone !== person.zone ? { zone } : {}),
    ...(mode !== person.mode ? { mode } : {}),
    ...(weekendsOff !== person.weekendsOff ? { weekendsOff } : {}),
  };
  const isSaved = Object.keys(changed).length === 0;
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!isSaved && !off) onSave(changed);
  };
  return (
    <form onSubmit={save}>
      <p className="rules-choice">
        <label htmlFor="rules-zone">Zone</label>
        <select
          id="rules-zone"
          aria-describedby="rules-zone-means"
          value={zone ?? ""}
          onChange={(event) => change({ zone: event.target.value })}
        >
          {zone === null && <option value="">none stated</option>}
          <ZoneOptions zone={zone ?? "UTC"} />
        </select>
        <span id="rules-zone-means" className="hint">
          {ZONE_MEANS}
        </span>
      </p>
      <fieldset className="rules-choice">
        <legend>Mode</legend>
        {MODES.map((value) => (
          <div key={value} className="rules-option">
            <label>
              <input
                type="radio"
                name="rules-mode"
                checked={mode === value}
                aria-describedby={`rules-${value}`}
                onChange={() => change({ mode: value })}
              />
              {MODE_WORDS[value].name}
            </label>
            <span id={`rules-${value}`} className="hint">
              {MODE_WORDS[value].means}
            </span>
          </div>
        ))}
      </fieldset>
      <div className="rules-choice rules-option">
        <label>
          <input
            type="checkbox"
            checked={weekendsOff}
            aria-describedby="rules-weekends"
            onChange={(event) => change({ weekendsOff: event.target.checked })}
          />
          Weekends off
        </label>
        <span id="rules-weekends" className="hint">
          {WEEKENDS_MEAN}
        </span>
      </div>
      <Action submit off={off || isSaved}>
        Save
      </Action>
    </form>
  );
}
