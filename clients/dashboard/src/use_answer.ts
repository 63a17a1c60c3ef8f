import { useCallback, useEffect, useState } from "react";
import { type Answered, askServer, type Trouble } from "./ask.ts";
import { usePage, useStore } from "./page.tsx";
import { isAboutAccess } from "./store.ts";

/** What is known of the answer to a question. */
export interface AnswerState<T> {
  /** The question it belongs to. */
  readonly key: string;
  /** The last answer, kept while a newer one is asked for or history is away. */
  readonly value: T | null;
  readonly asking: boolean;
  readonly trouble: Trouble | null;
}

export function unanswered<T>(key: string): AnswerState<T> {
  return { key, value: null, asking: true, trouble: null };
}

/** The state once a question is asked; of another one only what `keeps` lets stand. */
export function asked<T>(before: AnswerState<T>, key: string, keeps: boolean): AnswerState<T> {
  if (before.key === key) return { ...before, asking: true };
  return { ...unanswered(key), value: keeps ? before.value : null };
}

/** The state after an answer; numbers stay only where history is away and may come back. */
export function answered<T>(before: AnswerState<T>, key: string, result: Answered<T>): AnswerState<T> {
  if ("value" in result) return { key, value: result.value, asking: false, trouble: null };
  const { trouble } = result;
  const kept = trouble.kind === "away" && before.key === key ? before.value : null;
  return { key, value: kept, asking: false, trouble };
}

/** What is wrong with answers that a page shows together; null where nothing is. */
export function firstTrouble(answers: readonly AnswerState<unknown>[]): Trouble | null {
  return answers.find(({ trouble }) => trouble !== null)?.trouble ?? null;
}

export type Ask<T> = (token: string | null, signal: AbortSignal) => Promise<Answered<T>>;

/**
 * The answer to a question, by the key that names it: asked for anew by `again`, with another token, with another
 * `round`, and when history comes back. With `keeps`, the last answer stays while another key is asked for.
 */
export function useAnswer<T>(
  key: string,
  ask: Ask<T>,
  keeps = false,
  round: unknown = 0,
): [AnswerState<T>, () => void] {
  const { token } = usePage();
  const closed = useStore((page) => isAboutAccess(page.failure));
  const [state, setState] = useState<AnswerState<T>>(() => unanswered(key));
  const [times, setTimes] = useState(0);
  const again = useCallback(() => setTimes((before) => before + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` names the question; access that opened and a wish to ask again are reasons
  useEffect(() => {
    const left = new AbortController();
    setState((before) => asked(before, key, keeps));
    ask(token, left.signal).then(
      (result) => left.signal.aborted || setState((before) => answered(before, key, result)),
      () => undefined, // the reader left, or asks for something else
    );
    return () => left.abort();
  }, [key, token, closed, times, round]);

  const retryMs = !state.asking && state.trouble?.kind === "away" ? state.trouble.retryMs : null;
  useEffect(() => {
    if (retryMs === null) return;
    const timer = setTimeout(again, retryMs);
    return () => clearTimeout(timer);
  }, [retryMs, again]);

  return [state.key === key ? state : asked(state, key, keeps), again];
}

/** The answer to a GET by its path, from the server's root; none is asked while the path is not known. */
export function useGet<T>(
  path: string | null,
  decode: (body: unknown) => T,
  keeps = false,
  round: unknown = 0,
): [AnswerState<T>, () => void] {
  const ask: Ask<T> = useCallback(
    (token, signal) =>
      path === null ? new Promise(() => undefined) : askServer({ path, decode }, token, signal),
    [path, decode],
  );
  const [state, again] = useAnswer(path ?? "", ask, keeps, round);
  return [path === null ? { ...state, asking: false } : state, again];
}
