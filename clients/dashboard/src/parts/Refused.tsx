import type { Failure } from "@streakline/web";
import { useSignIn } from "../page.tsx";
import { SignInForm } from "../sign_in/SignIn.tsx";
import { isAboutAccess } from "../store.ts";

interface RefusedProps {
  readonly failure: Failure | null;
  /** Why the server closed the live connection, if it did. */
  readonly ended: string | null;
  readonly token: string | null;
  readonly onRetry: () => void;
}

/** Why the server does not answer, where it said so, and what helps. */
export function Refused({ failure, ended, token, onRetry }: RefusedProps) {
  const access = isAboutAccess(failure);
  const signIn = useSignIn();
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
              address, or paste it here.{" "}
            </>
          )}
          <button type="button" className="quiet" onClick={onRetry}>
            Try again
          </button>
        </p>
      )}
      {access && signIn !== null && <SignInForm onToken={signIn} />}
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
