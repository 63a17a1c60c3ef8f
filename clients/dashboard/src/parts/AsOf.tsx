import { saveCsv } from "../csv.ts";
import { clock } from "../format.ts";

interface AsOfProps {
  /** The moment that the numbers are of, as the server says it. */
  readonly asOf: string;
  readonly zone: string;
  /** Name of the file without its ending. */
  readonly file: string;
  readonly csv: () => string;
  readonly onRetry: () => void;
}

/** Of when an answer is; ask again, or save what is shown. */
export function AsOf({ asOf, zone, file, csv, onRetry }: AsOfProps) {
  return (
    <p>
      As of {clock(Date.parse(asOf), zone, true)}{" "}
      <button type="button" className="quiet" onClick={onRetry}>
        Refresh
      </button>{" "}
      <button type="button" className="quiet" onClick={() => saveCsv(file, csv())}>
        Download CSV
      </button>
    </p>
  );
}
