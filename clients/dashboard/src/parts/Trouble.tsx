import type { Trouble } from "../ask.ts";
import { Refused } from "./Refused.tsx";

interface TroubleProps {
  readonly trouble: Trouble | null;
  /** Of the numbers that are still shown, as the reader's clock has it; null if there are none. */
  readonly shownOf: string | null;
  readonly token: string | null;
  /** Whether the page says already that this link opens nothing. */
  readonly accessSaid: boolean;
  /** Who was asked. */
  readonly who?: string;
  readonly onRetry: () => void;
}

/** Why there are no newer numbers, and what helps. */
export function TroubleNotice({
  trouble,
  shownOf,
  token,
  accessSaid,
  who = "History",
  onRetry,
}: TroubleProps) {
  if (trouble?.kind === "access") {
    if (accessSaid) return null;
    return <Refused failure={trouble.failure} ended={null} token={token} onRetry={onRetry} />;
  }
  return (
    <div aria-live="polite">
      {trouble?.kind === "unknown" && (
        <p className="notice">
          <strong>There is no such content.</strong> {trouble.message}.
        </p>
      )}
      {(trouble?.kind === "away" || trouble?.kind === "failed") && (
        <p className="notice">
          <strong>{trouble.kind === "away" ? `${who} does not answer now.` : "Something went wrong."}</strong>{" "}
          {trouble.message} {shownOf !== null && `The numbers below are of ${shownOf}. `}
          {trouble.kind === "away" && `Asking again every ${Math.ceil(trouble.retryMs / 1000)} s. `}
          <button type="button" className="quiet" onClick={onRetry}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}
