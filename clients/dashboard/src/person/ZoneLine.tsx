import type { ZoneShown } from "./zone.ts";
import { zoneWords } from "./zone.ts";

interface ZoneLineProps {
  readonly shown: ZoneShown;
  readonly person: string;
  /** Ask for no zone any more. */
  readonly onOwn: () => void;
}

/** In whose zone days and times are, and the way back from one that the address asks for. */
export function ZoneLine({ shown, person, onOwn }: ZoneLineProps) {
  return (
    <p className="zone-line" data-figure="person.zone">
      {zoneWords(shown, person)}{" "}
      {shown.whose === "asked" && (
        <button type="button" className="quiet" onClick={onOwn}>
          {shown.own === null ? "Show this device’s" : `Show the zone of ${person}`}
        </button>
      )}
    </p>
  );
}
