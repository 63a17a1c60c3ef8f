import type { Failure } from "@streakline/web";
import { useView } from "../address.ts";
import { clock } from "../format.ts";
import { usePage, useStore } from "../page.tsx";
import { isAboutAccess } from "../store.ts";

/** What a reader must know before trusting a number on this page. */
export function Notices() {
  const generated = useStore((state) => state.overview?.generated === true);
  const since = useStore((state) => state.overview?.since ?? 0);
  const [{ zone }] = useView();
  return (
    <>
      {generated && (
        <p className="notice notice-generated" role="note">
          <strong>Generated data.</strong> This listening is made up by the demo; nobody is playing any of it.
        </p>
      )}
      {since > 0 && (
        <p className="notice" role="note">
          <strong>Incomplete before {clock(since, zone)}.</strong> Live numbers lost their memory then and are
          whole again an hour later. Lifetime totals are not affected.
        </p>
      )}
      <Refusal />
    </>
  );
}

/** Why the server does not answer, where it said so, and what helps. */
function Refusal() {
  const ended = useStore((state) =>
    state.connection.state === "disconnected" ? state.connection.reason : null,
  );
  const failure = useStore((state) => state.failure);
  const { token, retry } = usePage();
  if (ended === null && failure === null) return null;
  const access = isAboutAccess(failure);
  return (
    <div className="notice notice-refused" role="alert">
      <p>
        <strong>{headline(failure, token)}</strong> {failure?.message ?? ended}
      </p>
      {(access || ended !== null) && (
        <p>
          {access && (
            <>
              Open the link that the server prints when it starts, or make a token with{" "}
              <code>streakline token</code> and open this page with <code>#token=…</code> at the end of its
              address.{" "}
            </>
          )}
          <button type="button" className="quiet" onClick={retry}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}

function headline(failure: Failure | null, token: string | null): string {
  switch (failure?.code) {
    case undefined:
      return "The server closed the connection.";
    case "token-expired":
      return "This link has run out.";
    case "token-invalid":
      return "This link does not open this server.";
    case "forbidden":
      return token === null
        ? "These numbers need a link with a token."
        : "This link may not see these numbers.";
    case "socket-origin":
    case "socket-upgrade":
      return "Live numbers do not come through.";
    default:
      return "Something went wrong.";
  }
}
