import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { addressOf } from "../server.ts";
import { AnswerView } from "./AnswerView.tsx";
import { type Answer, send } from "./answer.ts";
import { CurlLine } from "./CurlLine.tsx";
import type { Operation, Parameter } from "./document.ts";
import { type Filled, missing, requestOf } from "./request.ts";

interface TryItProps {
  readonly operation: Operation;
  readonly token: string | null;
}

/** The form of an operation, and the answer to what it sent last. */
export function TryIt({ operation, token }: TryItProps) {
  const [filled, setFilled] = useState<Filled>({ values: {}, body: operation.example ?? "" });
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const under = useRef<AbortController | null>(null);
  const [sending, setSending] = useState(false);
  const bodyId = useId();
  useEffect(() => () => under.current?.abort(), []);

  const made = requestOf(operation, filled);
  const lacks = missing(operation, filled);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    under.current?.abort();
    const stop = new AbortController();
    under.current = stop;
    const ifCurrent = (act: () => void) => under.current === stop && act();
    setSending(true);
    setFailure(null);
    setAnswer(null);
    send(made, token, stop.signal, (one) => ifCurrent(() => setAnswer(one)))
      .catch((error: unknown) =>
        ifCurrent(() => setFailure(stop.signal.aborted ? "Stopped before an answer." : noAnswer(error))),
      )
      .finally(() => ifCurrent(() => setSending(false)));
  };
  const change = (name: string, value: string) =>
    setFilled((before) => ({ ...before, values: { ...before.values, [name]: value } }));

  return (
    <form className="try" onSubmit={submit}>
      {operation.parameters.length > 0 && (
        <div className="try-fields">
          {operation.parameters.map((parameter) => (
            <Field
              key={parameter.name}
              parameter={parameter}
              value={filled.values[parameter.name] ?? ""}
              onChange={(value) => change(parameter.name, value)}
            />
          ))}
        </div>
      )}
      {operation.example !== null && (
        <p className="try-body">
          <label htmlFor={bodyId}>Body</label>
          <textarea
            id={bodyId}
            value={filled.body}
            rows={Math.min(16, filled.body.split("\n").length + 1)}
            spellCheck={false}
            onChange={(event) => setFilled({ ...filled, body: event.target.value })}
          />
        </p>
      )}
      <p className="try-send">
        <button type="submit" className="try-button" disabled={lacks.length > 0}>
          Send
        </button>
        {sending && (
          <button type="button" className="quiet" onClick={() => under.current?.abort()}>
            Stop
          </button>
        )}
        {lacks.length > 0 && <span className="hint">{lacks.join(" and ")} must be given.</span>}
      </p>
      <CurlLine made={made} address={addressOf(made.path)} token={token} />
      <div aria-live="polite">{failure !== null && <p className="notice">{failure}</p>}</div>
      {answer && <AnswerView answer={answer} />}
    </form>
  );
}

interface FieldProps {
  readonly parameter: Parameter;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Field({ parameter: { name, within, words, choices }, value, onChange }: FieldProps) {
  const id = useId();
  return (
    <p className="try-field">
      <label htmlFor={id}>
        <code>{name}</code>
        {within === "path" && <span className="try-needed"> needed</span>}
      </label>
      {choices.length > 0 ? (
        <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">not given</option>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          value={value}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {words !== "" && <span className="try-words">{words}</span>}
    </p>
  );
}

function noAnswer(error: unknown): string {
  return `The server gave no answer: ${error instanceof Error ? error.message : String(error)}`;
}
