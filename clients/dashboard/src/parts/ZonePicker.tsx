import { HOME_ZONE, useView } from "../address.ts";
import { city } from "../format.ts";
import { Chevron } from "./icons.tsx";

const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

/** Choose the zone of every time on the page; it is kept in the address. */
export function ZonePicker() {
  const [{ zone }, change] = useView();
  return <ZoneChoice zone={zone} onChoose={(chosen) => change({ zone: chosen })} />;
}

interface ZoneChoiceProps {
  readonly zone: string;
  readonly onChoose: (zone: string) => void;
}

/** Choose the zone of every time on the page. */
export function ZoneChoice({ zone, onChoose }: ZoneChoiceProps) {
  return (
    <label className="zone">
      <span className="zone-label">Times in</span>
      <span className="zone-choice">
        <select aria-label="Times in" value={zone} onChange={(event) => onChoose(event.target.value)}>
          <ZoneOptions zone={zone} />
        </select>
        <Chevron />
      </span>
    </label>
  );
}

/** Every zone, as options; a zone of an address, a person or the machine need not be in the browser's own list. */
export function ZoneOptions({ zone }: { readonly zone: string }) {
  return (
    <>
      {!ZONES.includes(zone) && <option value={zone}>{city(zone)}</option>}
      {!ZONES.includes(HOME_ZONE) && zone !== HOME_ZONE && (
        <option value={HOME_ZONE}>{city(HOME_ZONE)}</option>
      )}
      {ZONES.map((known) => (
        <option key={known} value={known}>
          {known.replaceAll("_", " ")}
        </option>
      ))}
    </>
  );
}
