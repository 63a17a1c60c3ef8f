import { useEffect, useRef, useState } from "react";
import { usePage } from "../../page.tsx";
import { type Kind, type Statement, sent, settled } from "./statements.ts";
import { behindWords, refusalWords, unknownWords } from "./words.ts";

/** What became of what was stated. */
export interface Outcome {
  readonly words: string;
  /** Not taken, and worth being sent again. */
  readonly again: Statement | null;
}

export interface Statements {
  /** Whether one is being sent. */
  readonly busy: boolean;
  /** Of what it was taken, and does not show yet. */
  readonly waiting: readonly Kind[];
  readonly outcome: Outcome;
  readonly state: (statement: Statement) => void;
}

const NOTHING: Outcome = { words: "", again: null };

/** State things one at a time, wait until every number shows them, and report it. */
export function useStatements(onShown: () => void): Statements {
  const { token } = usePage();
  const [busy, setBusy] = useState(false);
  const [waiting, setWaiting] = useState<readonly Kind[]>([]);
  const [outcome, setOutcome] = useState(NOTHING);
  const left = useRef(new AbortController());
  const wait = useRef(new AbortController());
  // a second press comes before the page is drawn again
  const sending = useRef(false);
  // what is reported is of the newest: an older one that shows by now must not hide why this one was refused
  const newest = useRef<Statement | null>(null);
  useEffect(() => {
    left.current = new AbortController();
    return () => left.current.abort();
  }, []);

  const work = async (statement: Statement, signal: AbortSignal) => {
    const report = (words: string, again: Statement | null = null) => {
      if (newest.current === statement) setOutcome({ words, again });
    };
    report("Sending…");
    const answer = await sent(statement, token, signal);
    sending.current = false;
    setBusy(false);
    if ("trouble" in answer) {
      const again = answer.trouble.kind === "away" ? statement : null;
      report(refusalWords(answer.trouble), again);
      return;
    }
    setWaiting((before) => [...before, statement.kind]);
    report("Taken. Every number shows it in a moment.");
    // the newest position covers all before it
    wait.current.abort();
    wait.current = new AbortController();
    const end = await settled(answer.value, token, AbortSignal.any([signal, wait.current.signal]), (parts) =>
      report(`Taken, and not lost. Still waiting for ${behindWords(parts)}.`),
    );
    setWaiting([]);
    onShown();
    report("trouble" in end ? unknownWords(end.trouble) : statement.done);
  };

  const state = (statement: Statement) => {
    if (sending.current) return;
    sending.current = true;
    newest.current = statement;
    setBusy(true);
    work(statement, left.current.signal).catch((error: unknown) => {
      // the reader left, or stated something else, which waits for both
      if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
    });
  };
  return { busy, waiting, outcome, state };
}
