import { CLOSE, type Connection, type Failure, type Overview, type TopPlays } from "@streakline/web";
import { SOCKET_REFUSED } from "./refusal.ts";

/** Everything the page shows. Members of a topic that the server has not sent are absent, never zero. */
export interface State {
  readonly connection: Connection;
  /** Whether a connection was ever up since the page opened. */
  readonly wasConnected: boolean;
  readonly overview: Partial<Overview> | null;
  readonly topPlays: Partial<TopPlays> | null;
  /** When the newest data arrived, in ms by this machine's clock. */
  readonly updatedAt: number | null;
  readonly definitions: Readonly<Record<string, string>>;
  /** The last refusal, until data arrives. */
  readonly failure: Failure | null;
}

export type Action =
  | { readonly type: "connection"; readonly connection: Connection }
  | { readonly type: "overview"; readonly data: Partial<Overview>; readonly at: number }
  | { readonly type: "topPlays"; readonly data: Partial<TopPlays>; readonly at: number }
  | { readonly type: "definitions"; readonly definitions: Readonly<Record<string, string>> }
  | { readonly type: "failure"; readonly failure: Failure }
  /** Why the socket does not open; null if that is not known, or no longer so. */
  | { readonly type: "socket"; readonly failure: Failure | null };

export const INITIAL: State = {
  connection: { state: "connecting", attempt: 0, retryAt: null, code: CLOSE.asked, reason: "page opened" },
  wasConnected: false,
  overview: null,
  topPlays: null,
  updatedAt: null,
  definitions: {},
  failure: null,
};

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "connection":
      return {
        ...state,
        connection: action.connection,
        wasConnected: state.wasConnected || action.connection.state === "connected",
        failure: action.connection.state === "connected" ? withoutSocket(state.failure) : state.failure,
      };
    case "overview":
      return { ...state, overview: action.data, updatedAt: action.at, failure: null };
    case "topPlays":
      return { ...state, topPlays: action.data, updatedAt: action.at };
    case "definitions":
      return { ...state, definitions: action.definitions };
    case "socket":
      return { ...state, failure: action.failure ?? withoutSocket(state.failure) };
    case "failure":
      return outranks(state.failure, action.failure) ? state : { ...state, failure: action.failure };
  }
}

const ABOUT_TOKEN: ReadonlySet<string> = new Set(["token-invalid", "token-expired"]);

/** Whether a refusal is one that another link would lift. */
export function isAboutAccess(failure: Failure | null): boolean {
  return failure !== null && (failure.code === "forbidden" || ABOUT_TOKEN.has(failure.code));
}

function withoutSocket(failure: Failure | null): Failure | null {
  return failure !== null && SOCKET_REFUSED.has(failure.code) ? null : failure;
}

/** A token that was refused explains the topics refused after it. */
function outranks(kept: Failure | null, next: Failure): boolean {
  return kept !== null && ABOUT_TOKEN.has(kept.code) && next.code === "forbidden";
}

/** What the reader is told about the connection. */
export type Health = "live" | "connecting" | "reconnecting" | "offline" | "refused";

/** Attempts after which "reconnecting" becomes "offline": about four seconds of trying. */
const PATIENCE = 4;

export function healthOf(state: Pick<State, "connection" | "wasConnected" | "failure">): Health {
  const { connection, wasConnected, failure } = state;
  if (connection.state === "connected") return isAboutAccess(failure) ? "refused" : "live";
  if (connection.state === "disconnected" || connection.attempt >= PATIENCE) return "offline";
  return wasConnected ? "reconnecting" : "connecting";
}

export interface Store {
  readonly get: () => State;
  readonly dispatch: (action: Action) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

/**
 * Hold the state. Every action is applied at once; listeners hear of it once a frame, however many there were.
 */
export function createStore(frame: (draw: () => void) => unknown = requestAnimationFrame): Store {
  let state = INITIAL;
  let drawn = true;
  const listeners = new Set<() => void>();
  const draw = () => {
    drawn = true;
    for (const listener of listeners) listener();
  };
  return {
    get: () => state,
    dispatch(action) {
      state = reduce(state, action);
      if (drawn) frame(draw);
      drawn = false;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
