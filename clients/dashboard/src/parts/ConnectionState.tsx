import { useView } from "../address.ts";
import { clock } from "../format.ts";
import { usePage, useStore } from "../page.tsx";
import { type Health, healthOf } from "../store.ts";

const WORDS: Readonly<Record<Health, string>> = {
  live: "Live",
  connecting: "Connecting",
  reconnecting: "Reconnecting",
  offline: "Offline",
  refused: "No access",
};

/** Whether the numbers move, and when they last did. Only a change of the word is spoken. */
export function ConnectionState() {
  const health = useStore(healthOf);
  const updatedAt = useStore((state) => state.updatedAt);
  const { retry } = usePage();
  const [{ zone }] = useView();
  const time = updatedAt === null ? "--:--:--" : clock(updatedAt, zone, true);
  return (
    <div className={`connection connection-${health}`}>
      <span className="dot" aria-hidden="true" />
      <span aria-live="polite" className="connection-word">
        {WORDS[health]}
      </span>
      {(updatedAt !== null || health !== "offline") && (
        <time
          className="connection-time"
          dateTime={updatedAt === null ? undefined : new Date(updatedAt).toISOString()}
        >
          <span className="visually-hidden">last update </span>
          {time}
        </time>
      )}
      {health === "offline" && (
        <button type="button" className="quiet" onClick={retry}>
          Try now
        </button>
      )}
    </div>
  );
}
