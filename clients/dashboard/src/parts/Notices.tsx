import { useView } from "../address.ts";
import { clock } from "../format.ts";
import { usePage, useStore } from "../page.tsx";

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

/** Why the server does not answer, where it said so. */
function Refusal() {
  const ended = useStore((state) =>
    state.connection.state === "disconnected" ? state.connection.reason : null,
  );
  const failure = useStore((state) => state.failure);
  const { token, retry } = usePage();
  if (ended === null && failure === null) return null;
  return (
    <div className="notice notice-refused" role="alert">
      <p>
        <strong>
          {ended === null ? "The server refused something." : "The server closed the connection."}
        </strong>{" "}
        {failure?.message ?? ended}
      </p>
      {ended !== null && (
        <p>
          {token === null
            ? "This page was opened without a token. Open the link that the server printed when it started, or make one:"
            : "The token may have run out. Open a new link from the server's terminal, or make a token:"}{" "}
          <code>streakline token</code>{" "}
          <button type="button" className="quiet" onClick={retry}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}
