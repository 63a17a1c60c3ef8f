import { useMemo } from "react";
import { whole } from "../format.ts";
import { type Answer, pretty } from "./answer.ts";
import { Listing } from "./Listing.tsx";

const STATES: Readonly<Record<Answer["state"], string>> = {
  coming: "more is coming",
  whole: "",
  stopped: "stopped",
  long: "no more of it is read here",
};

/** Status, headers and body of an answer. */
export function AnswerView({ answer }: { readonly answer: Answer }) {
  const { status, words, headers, body, ms, bytes, state } = answer;
  const text = useMemo(() => (state === "whole" ? pretty(body) : body), [state, body]);
  const notes = [`${whole(ms)} ms`, `${whole(bytes)} bytes`, STATES[state]].filter((note) => note !== "");
  return (
    <section className="answer" aria-label="Answer">
      <p className="answer-head">
        <strong
          role="status"
          className={status < 400 ? "answer-good" : "answer-bad"}
          data-figure="docs.status"
        >
          {status} {words}
        </strong>{" "}
        <span>{notes.join(" · ")}</span>
      </p>
      <details className="answer-headers">
        <summary>Headers</summary>
        <dl>
          {headers.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
      {body !== "" && <Listing label="Body of the answer" text={text} />}
    </section>
  );
}
