import { decodeSettled, decodeStated, type Mode, type Person } from "@streakline/web";
import { type Answered, askServer, type Question } from "../../ask.ts";
import { addedDays } from "../calendar.ts";

/** What a statement is about. */
export type Kind = "settings" | "freeze" | "pause" | "repair";

/** Something that is stated of a person; sent once more it says the same. */
export interface Statement {
  readonly kind: Kind;
  /** What is done, once it shows. */
  readonly done: string;
  /** Sent one after the other. */
  readonly requests: readonly Question<string>[];
}

export interface Settings {
  readonly zone: string;
  readonly mode: Mode;
  readonly weekendsOff: boolean;
}

const FOLDERS = { freeze: "freezes", pause: "pauses", repair: "repairs" } as const;

/** An id that nobody else makes, by which a statement that is sent again is known as the same. */
export function newId(): string {
  // crypto.randomUUID is missing on a page without TLS
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}

export function settings(user: string, changed: Partial<Settings>): Statement {
  const request = { path: pathOf(user), decode: decodeStated, post: changed, method: "PUT" as const };
  return { kind: "settings", done: "The settings are saved.", requests: [request] };
}

export function freeze(user: string, id: string): Statement {
  return { kind: "freeze", done: "A freeze is added.", requests: [stated(user, "freeze", { id })] };
}

export function pause(user: string, id: string, from: string, to: string): Statement {
  const requests = [stated(user, "pause", { id, from, to })];
  return { kind: "pause", done: "The pause is added.", requests };
}

export function repair(user: string, id: string, day: string): Statement {
  return { kind: "repair", done: "The day is repaired.", requests: [stated(user, "repair", { id, day })] };
}

const TAKEN_BACK = {
  freeze: "The freeze is given back.",
  pause: "The pause is removed.",
  repair: "The repair is taken back.",
} as const;

export function takenBack(user: string, kind: keyof typeof FOLDERS, id: string): Statement {
  return { kind, done: TAKEN_BACK[kind], requests: [undone(user, kind, id)] };
}

/** End a pause with the day before today: one that ended then takes its place. */
export function endedPause(user: string, { id, from }: Person["pauses"][number], today: string): Statement {
  const last = addedDays(today, -1);
  // by its id, a request that is sent again makes no second pause
  const shorter = { id: `${id.slice(0, 180)} until ${last}`, from, to: last };
  return {
    kind: "pause",
    done: "The pause is over: today needs a play again.",
    requests: [...(from <= last ? [stated(user, "pause", shorter)] : []), undone(user, "pause", id)],
  };
}

function stated(user: string, kind: keyof typeof FOLDERS, post: unknown): Question<string> {
  return { path: `${pathOf(user)}/${FOLDERS[kind]}`, decode: decodeStated, post };
}

function undone(user: string, kind: keyof typeof FOLDERS, id: string): Question<string> {
  const path = `${pathOf(user)}/${FOLDERS[kind]}/${encodeURIComponent(id)}`;
  return { path, decode: decodeStated, method: "DELETE" };
}

function pathOf(user: string): string {
  return `api/v1/people/${encodeURIComponent(user)}`;
}

/** Send a statement. The answer is the position from which on every number shows it. */
export async function sent(
  { requests }: Statement,
  token: string | null,
  signal: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<Answered<string>> {
  let answer: Answered<string> = { value: "" };
  for (const request of requests) {
    answer = await askServer(request, token, signal, ask);
    if ("trouble" in answer) break;
  }
  return answer;
}

/** Seconds that one question waits. */
const WAIT_S = 20;
/** Between two questions, for servers that do not wait. */
const PAUSE_MS = 1_000;

/**
 * Wait until every number has passed a position. A server that is away is asked again; one that refuses is not.
 *
 * @param behind is called with the parts that are behind, each time that the wait was too short.
 */
export async function settled(
  position: string,
  token: string | null,
  signal: AbortSignal,
  behind: (parts: readonly string[]) => void,
  ask: typeof fetch = fetch,
): Promise<Answered<null>> {
  const path = `api/v1/settled?${new URLSearchParams({ position, wait: String(WAIT_S) })}`;
  for (;;) {
    const answer = await askServer({ path, decode: decodeSettled }, token, signal, ask);
    if ("value" in answer) {
      if (answer.value.settled) return { value: null };
      behind([...new Set(answer.value.waitingFor.map(({ part }) => part))]);
      await passed(PAUSE_MS, signal);
    } else if (answer.trouble.kind === "away") {
      await passed(answer.trouble.retryMs, signal);
    } else {
      return answer;
    }
  }
}

/** Wait so many ms. Rejects when `signal` ends it. */
function passed(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
