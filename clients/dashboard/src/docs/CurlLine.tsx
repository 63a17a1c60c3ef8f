import { useState } from "react";
import { Listing } from "./Listing.tsx";
import { curlOf, HIDDEN_TOKEN, type Made } from "./request.ts";

interface CurlLineProps {
  readonly made: Made;
  readonly address: string;
  readonly token: string | null;
}

/** The same request as a line for a shell, without the token unless the reader wants it there. */
export function CurlLine({ made, address, token }: CurlLineProps) {
  const [shown, setShown] = useState(false);
  const [copied, setCopied] = useState("");
  const line = curlOf(made, address, token, shown);
  const copy = () =>
    navigator.clipboard.writeText(line).then(
      () => setCopied(line),
      () => setCopied(""),
    );
  return (
    <div className="curl">
      <Listing label="The same with curl" text={line} />
      <p className="curl-choices">
        {navigator.clipboard !== undefined && (
          <button type="button" className="quiet" onClick={copy}>
            {copied === line ? "Copied" : "Copy"}
          </button>
        )}
        {token !== null && (
          <label>
            <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />{" "}
            with my token in place of {HIDDEN_TOKEN}
          </label>
        )}
      </p>
    </div>
  );
}
