import { useView } from "../address.ts";
import { clock } from "../format.ts";
import { usePage, useStore } from "../page.tsx";
import { Refused } from "./Refused.tsx";

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

/** What the live socket was refused for. */
function Refusal() {
  const ended = useStore((state) =>
    state.connection.state === "disconnected" ? state.connection.reason : null,
  );
  const failure = useStore((state) => state.failure);
  const { token, retry } = usePage();
  if (ended === null && failure === null) return null;
  return <Refused failure={failure} ended={ended} token={token} onRetry={retry} />;
}
