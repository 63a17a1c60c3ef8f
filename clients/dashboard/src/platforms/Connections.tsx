import type { PlatformConnection, PlatformConnections } from "@streakline/web";
import { useEffect, useRef, useState } from "react";
import { type Answered, messageOf } from "../ask.ts";
import { authorize, remove, stateWords, sync, syncedWords } from "./connections.ts";
import { type PlatformsAsked, platformName } from "./view.ts";

interface ConnectionsProps {
  readonly asked: PlatformsAsked;
  readonly known: PlatformConnections;
  readonly zone: string;
  readonly token: string | null;
  readonly onChanged: () => void;
  /** Send the reader to where a person says yes. */
  readonly onGo?: (url: string) => void;
}

/** Accounts at other platforms: what became of the last look, connected, looked at now, removed. */
export function Connections(props: ConnectionsProps) {
  const { asked, known, zone, token, onChanged, onGo = (url) => window.location.assign(url) } = props;
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState("");
  const left = useRef<AbortController | null>(null);
  useEffect(() => () => left.current?.abort(), []);

  /** Do one thing at a time, and report it; nothing of it once the reader has left. */
  async function work<T>(ask: (signal: AbortSignal) => Promise<Answered<T>>, done: (value: T) => string) {
    const now = new AbortController();
    left.current = now;
    setBusy(true);
    try {
      const answer = await ask(now.signal);
      setOutcome("value" in answer ? done(answer.value) : messageOf(answer.trouble));
    } catch (error) {
      if (!now.signal.aborted) throw error;
      return;
    }
    setBusy(false);
    onChanged();
  }

  const look = (connection: string | null) =>
    work((signal) => sync(asked, connection, token, signal), syncedWords);
  return (
    <section className="list content-days connections" aria-labelledby="connections" aria-busy={busy}>
      <header className="range-head">
        <h2 id="connections">Connections</h2>
        {known.connections.length > 1 && (
          <button type="button" className="quiet" disabled={busy} onClick={() => look(null)}>
            Look at all now
          </button>
        )}
      </header>
      {known.connections.length === 0 && <p className="empty">No account is connected.</p>}
      <ol className="recent">
        {known.connections.map((one) => (
          <Account
            key={one.id}
            one={one}
            zone={zone}
            busy={busy}
            onLook={() => look(one.id)}
            onRemove={() =>
              work(
                (signal) => remove(asked, one.id, token, signal),
                () => `${one.name || one.account} is removed. Its numbers stay.`,
              )
            }
          />
        ))}
      </ol>
      <p className="outcome" role="status">
        {busy ? "Asking…" : outcome}
      </p>
      {known.platforms.length === 0 ? (
        <p className="hint">
          This server is no application of any platform. Who runs it names one in the file of{" "}
          <code>STREAKLINE_PLATFORMS</code>.
        </p>
      ) : (
        <p className="choices">
          {known.platforms.map((platform) => (
            <button
              key={platform}
              type="button"
              className="quiet"
              disabled={busy}
              onClick={() =>
                work(
                  (signal) => authorize(asked, platform, token, signal),
                  (url) => {
                    onGo(url);
                    return `${platformName(platform)} asks you now.`;
                  },
                )
              }
            >
              Connect {platformName(platform)}
            </button>
          ))}
        </p>
      )}
    </section>
  );
}

interface AccountProps {
  readonly one: PlatformConnection;
  readonly zone: string;
  readonly busy: boolean;
  readonly onLook: () => void;
  readonly onRemove: () => void;
}

function Account({ one, zone, busy, onLook, onRemove }: AccountProps) {
  const [sure, setSure] = useState(false);
  const name = one.name || one.account;
  return (
    <li data-connection={one.id} data-state={one.state}>
      <span className="parts-name">
        {platformName(one.platform)} · {name}
      </span>
      <span className="recent-where">{stateWords(one, zone)}</span>
      <span className="choices">
        {one.state !== "lost" && (
          <button
            type="button"
            className="quiet"
            disabled={busy}
            aria-label={`Look at ${name} now`}
            onClick={onLook}
          >
            Look now
          </button>
        )}
        {sure ? (
          <>
            <button type="button" className="quiet" disabled={busy} onClick={onRemove}>
              Remove {name} for ever
            </button>
            <button type="button" className="quiet" onClick={() => setSure(false)}>
              Keep it
            </button>
          </>
        ) : (
          <button
            type="button"
            className="quiet"
            disabled={busy}
            aria-label={`Remove ${name}`}
            onClick={() => setSure(true)}
          >
            Remove
          </button>
        )}
      </span>
    </li>
  );
}
