import { type DeadLetter, type DeadLetters, decodeDeadLetters, decodeReplayed } from "@streakline/web";
import { useEffect, useRef, useState } from "react";
import { type Answered, askServer, messageOf } from "../ask.ts";
import { dayAndTime, whole } from "../format.ts";
import { usePage } from "../page.tsx";
import { type Ask, useAnswer } from "../use_answer.ts";

const SHOWN = 20;
const PATH = "api/v1/dead-letters";

const askLetters: Ask<DeadLetters> = (token, signal) =>
  askServer({ path: `${PATH}?limit=${SHOWN}`, decode: decodeDeadLetters }, token, signal);

interface LettersProps {
  readonly count: number;
  readonly zone: string;
  /** Something was replayed or discarded. */
  readonly onChanged: () => void;
}

/** Dead letters, the newest first, to be replayed or discarded. */
export function Letters({ count, zone, onChanged }: LettersProps) {
  const { token } = usePage();
  const [state, again] = useAnswer(`letters ${count}`, askLetters, true);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<readonly string[]>([]);
  const left = useRef<AbortController | null>(null);
  useEffect(() => () => left.current?.abort(), []);

  const work = async (done: (signal: AbortSignal) => Promise<readonly string[]>) => {
    left.current?.abort();
    const now = new AbortController();
    left.current = now;
    setBusy(true);
    try {
      setOutcome(await done(now.signal));
    } catch (error) {
      if (!now.signal.aborted) throw error;
      return; // the reader left
    }
    setBusy(false);
    again();
    onChanged();
  };
  const letters = state.value?.letters ?? [];
  return (
    <section className="list content-days" aria-labelledby="system-letters" aria-busy={busy}>
      <header className="page-head">
        <h2 id="system-letters">Dead letters</h2>
        {letters.length > 0 && (
          <button
            type="button"
            className="quiet"
            disabled={busy}
            onClick={() => work((signal) => replayAll(token, signal))}
          >
            Replay all {whole(count)}
          </button>
        )}
      </header>
      <div aria-live="polite">
        {outcome.map((line) => (
          <p key={line} className="hint">
            {line}
          </p>
        ))}
      </div>
      {state.trouble !== null && (
        <p className="notice">
          {state.trouble.kind === "access"
            ? `Dead letters hold what people sent: listing and replaying them takes the scope admin. Sign in at the foot of the page with a token of streakline token --scope admin, or with such a key.`
            : state.trouble.message}
        </p>
      )}
      {state.value !== null && letters.length === 0 && (
        <p className="empty">None: everything that came was taken, or replayed since.</p>
      )}
      <ol className="letters">
        {letters.map((letter) => (
          <Letter
            key={letter.id}
            letter={letter}
            zone={zone}
            busy={busy}
            onReplay={() => work((signal) => replayOne(letter.id, token, signal))}
            onDiscard={() => work((signal) => discard(letter.id, token, signal))}
          />
        ))}
      </ol>
      {letters.length > 0 && count > letters.length && (
        <p className="hint">
          The newest {whole(letters.length)} of {whole(count)}; <code>streakline dead list</code> shows all.
        </p>
      )}
    </section>
  );
}

interface LetterProps {
  readonly letter: DeadLetter;
  readonly zone: string;
  readonly busy: boolean;
  readonly onReplay: () => void;
  readonly onDiscard: () => void;
}

function Letter({ letter, zone, busy, onReplay, onDiscard }: LetterProps) {
  const { id, at, where, error, body, notReplayable } = letter;
  return (
    <li data-letter={id}>
      <p className="letter-error">{error}</p>
      <p className="hint">
        {where}, {dayAndTime(Date.parse(at), zone)}
        {notReplayable !== null && `. Cannot be replayed: ${notReplayable}.`}
      </p>
      <details>
        <summary>What it holds</summary>
        <code>{body}</code>
      </details>
      <p className="letter-actions">
        {notReplayable === null && (
          <button
            type="button"
            className="quiet"
            disabled={busy}
            onClick={onReplay}
            aria-label={`Replay ${id}`}
          >
            Replay
          </button>
        )}
        <button
          type="button"
          className="quiet"
          disabled={busy}
          onClick={onDiscard}
          aria-label={`Discard ${id}`}
        >
          Discard
        </button>
      </p>
    </li>
  );
}

async function replayOne(id: string, token: string | null, signal: AbortSignal): Promise<readonly string[]> {
  return lines(
    await askServer({ path: `${PATH}/replay`, decode: decodeReplayed, post: { ids: [id] } }, token, signal),
  );
}

async function replayAll(token: string | null, signal: AbortSignal): Promise<readonly string[]> {
  let [cursor, replayed, kept]: [string | null, number, number] = [null, 0, 0];
  do {
    const answered: Answered<ReturnType<typeof decodeReplayed>> = await askServer(
      { path: `${PATH}/replay`, decode: decodeReplayed, post: { all: true, cursor } },
      token,
      signal,
    );
    if (!("value" in answered)) return [`${whole(replayed)} replayed, then: ${messageOf(answered.trouble)}`];
    cursor = answered.value.nextCursor;
    replayed += answered.value.replayed;
    kept += answered.value.letters.length - answered.value.replayed;
  } while (cursor !== null);
  return [`${whole(replayed)} replayed, ${whole(kept)} could not be and are kept.`];
}

async function discard(id: string, token: string | null, signal: AbortSignal): Promise<readonly string[]> {
  const answered = await askServer(
    { path: `${PATH}/${id}`, decode: () => null, method: "DELETE" },
    token,
    signal,
  );
  return ["value" in answered ? "Discarded." : messageOf(answered.trouble)];
}

function lines(answered: Answered<ReturnType<typeof decodeReplayed>>): readonly string[] {
  if (!("value" in answered)) return [messageOf(answered.trouble)];
  return answered.value.letters.map(({ outcome, reason }) =>
    reason === null ? "Replayed." : `${outcome === "refused" ? "Still refused" : "Not replayed"}: ${reason}.`,
  );
}
