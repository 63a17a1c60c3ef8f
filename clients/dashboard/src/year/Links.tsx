import { decodeYearLinks, type YearInReview, type YearLink } from "@streakline/web";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { type Answered, messageOf } from "../ask.ts";
import { usePage } from "../page.tsx";
import { useGet } from "../use_answer.ts";
import { yearPath } from "./cards.ts";
import { LASTING, linkWords, makeLink, revokeLink } from "./links.ts";

/** Links with which others see the year: made, copied and revoked. */
export function Links({ year, zone }: { readonly year: YearInReview; readonly zone: string }) {
  const { token } = usePage();
  const path = yearPath(year.userId, year.year);
  const [state, again] = useGet(`${path}/links`, decodeYearLinks, true);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState("");
  const left = useRef<AbortController | null>(null);
  useEffect(() => () => left.current?.abort(), []);

  /** Do one thing at a time, and report it; nothing of it once the reader has left. */
  async function work<T>(
    ask: (signal: AbortSignal) => Promise<Answered<T>>,
    done: (value: T) => string | Promise<string>,
  ) {
    const now = new AbortController();
    left.current = now;
    setBusy(true);
    try {
      const answer = await ask(now.signal);
      setOutcome("value" in answer ? await done(answer.value) : messageOf(answer.trouble));
    } catch (error) {
      if (!now.signal.aborted) throw error;
      return;
    }
    setBusy(false);
    again();
  }

  const make = (name: string, seconds: number) =>
    work(
      (signal) => makeLink(path, zone, name, seconds, token, signal),
      async ({ url }) => ((await copied(url)) ? "The link is made, and copied." : "The link is made."),
    );
  const links = state.value ?? [];
  return (
    <section className="list links" aria-labelledby="year-links" aria-busy={busy}>
      <h2 id="year-links">Share</h2>
      <p className="hint">
        Whoever has a link sees this year, as it is at that moment, and no other: no ids, no other numbers.
      </p>
      {state.trouble === null ? (
        <NewLink busy={busy} onMake={make} />
      ) : (
        <p className="notice">
          {state.trouble.kind === "access"
            ? `To share this year takes ${year.userId}’s own token, or an admin’s. Sign in with it at the foot of the page.`
            : messageOf(state.trouble)}
        </p>
      )}
      <p className="outcome" role="status">
        {outcome}
      </p>
      <ol className="recent">
        {links.map((link) => (
          <Link
            key={link.id}
            link={link}
            zone={zone}
            busy={busy}
            onCopy={async () =>
              setOutcome(
                (await copied(link.url)) ? "The link is copied." : "This browser copies nothing: mark it.",
              )
            }
            onRevoke={() =>
              work(
                (signal) => revokeLink(path, link.id, token, signal),
                () => "The link is revoked, and opens nothing any more.",
              )
            }
          />
        ))}
      </ol>
    </section>
  );
}

interface NewLinkProps {
  readonly busy: boolean;
  readonly onMake: (name: string, seconds: number) => void;
}

function NewLink({ busy, onMake }: NewLinkProps) {
  const [name, setName] = useState("");
  const [seconds, setSeconds] = useState(0);
  const make = (event: FormEvent) => {
    event.preventDefault();
    onMake(name, seconds);
  };
  return (
    <form className="new-link" onSubmit={make}>
      <label>
        Name on the page{" "}
        <input
          value={name}
          maxLength={60}
          placeholder="nobody’s"
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label>
        Open{" "}
        <select value={seconds} onChange={(event) => setSeconds(Number(event.target.value))}>
          {LASTING.map(({ seconds: value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" className="quiet" disabled={busy}>
        Make a link
      </button>
    </form>
  );
}

interface LinkProps {
  readonly link: YearLink;
  readonly zone: string;
  readonly busy: boolean;
  readonly onCopy: () => void;
  readonly onRevoke: () => void;
}

function Link({ link, zone, busy, onCopy, onRevoke }: LinkProps) {
  return (
    <li>
      <a className="link-url" href={link.url} target="_blank" rel="noreferrer">
        {link.url}
      </a>
      <span className="recent-where">{linkWords(link, zone)}</span>
      <span className="choices">
        <button type="button" className="quiet" onClick={onCopy}>
          Copy
        </button>
        <button type="button" className="quiet" disabled={busy} onClick={onRevoke}>
          Revoke
        </button>
      </span>
    </li>
  );
}

/** Whether an address was put where the reader pastes from; no browser does it on a page without TLS. */
async function copied(url: string): Promise<boolean> {
  if (navigator.clipboard === undefined) return false;
  return navigator.clipboard.writeText(url).then(
    () => true,
    () => false,
  );
}
