import { type Connection, decodeDefinitions, LiveClient, websocket } from "@streakline/web";
import { ASK_AFTER, askWhyRefused } from "./refusal.ts";
import { addressOf, socketAddress } from "./server.ts";
import type { Store } from "./store.ts";

export interface Feed {
  /** Follow a topic beside those of every page; call the answer to stop. */
  readonly follow: LiveClient["subscribe"];
  readonly retry: () => void;
  readonly stop: () => void;
}

/** Connect the store to the server this page came from. */
export function startFeed(store: Store, token: string | null): Feed {
  const stopped = new AbortController();
  const why = whyRefused(store, stopped.signal);
  const client = new LiveClient({
    transport: websocket(socketAddress()),
    ...(token ? { token } : {}),
    on: {
      connection: (connection) => {
        store.dispatch({ type: "connection", connection });
        why(connection);
      },
      failure: (failure) => store.dispatch({ type: "failure", failure }),
      problem: (error) =>
        store.dispatch({
          type: "failure",
          failure: { type: "error", code: "unreadable", message: error.message },
        }),
    },
  });
  client.subscribe("overview", ({ data, at }) => store.dispatch({ type: "overview", data, at }));
  client.subscribe("top:plays", ({ data, at }) => store.dispatch({ type: "topPlays", data, at }));

  // a phone that wakes up, or finds its network again, need not wait for the backoff
  const awake = () => {
    if (document.visibilityState === "visible") client.retry();
  };
  window.addEventListener("online", awake);
  document.addEventListener("visibilitychange", awake);
  client.connect();

  void loadDefinitions(store, token, stopped.signal);
  return {
    follow: (name, listener) => client.subscribe(name, listener),
    retry() {
      if (client.connection.state === "connected") client.disconnect();
      client.connect();
      client.retry();
    },
    stop() {
      stopped.abort();
      window.removeEventListener("online", awake);
      document.removeEventListener("visibilitychange", awake);
      client.disconnect();
    },
  };
}

/** Fetch the sentence behind each number. Without them the page says that a definition is missing. */
async function loadDefinitions(store: Store, token: string | null, signal: AbortSignal): Promise<void> {
  try {
    const headers: HeadersInit = token ? { authorization: `Bearer ${token}` } : {};
    const answer = await fetch(addressOf("api/live/definitions"), { headers, signal });
    // the socket is refused for the same reason, and says so in words that help
    if (answer.status === 401 || answer.status === 403) return;
    if (!answer.ok) throw new Error(`GET /api/live/definitions answered ${answer.status}`);
    store.dispatch({ type: "definitions", definitions: decodeDefinitions(await answer.json()) });
  } catch (error) {
    if (signal.aborted) return;
    const message = `the definitions could not be read: ${error instanceof Error ? error.message : String(error)}`;
    store.dispatch({ type: "failure", failure: { type: "error", code: "definitions", message } });
  }
}

/** After some failed openings in a row, ask the server why; once per opening, which the backoff spaces. */
function whyRefused(store: Store, signal: AbortSignal): (connection: Connection) => void {
  let newest: Connection | null = null;
  return (connection) => {
    newest = connection;
    const failed = connection.state === "connecting" && connection.retryAt !== null;
    if (!failed || connection.attempt < ASK_AFTER) return;
    void askWhyRefused(addressOf("api/live"), window.location.origin, signal).then((failure) => {
      if (!signal.aborted && newest?.state !== "connected") store.dispatch({ type: "socket", failure });
    });
  };
}
