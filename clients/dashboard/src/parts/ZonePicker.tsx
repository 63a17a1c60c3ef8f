import { HOME_ZONE, useView } from "../address.ts";
import { city } from "../format.ts";
import { Chevron } from "./icons.tsx";

const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

/** Choose the zone of every time on the page; it is kept in the address. */
export function ZonePicker() {
  const [{ zone }, change] = useView();
  return (
    <label className="zone">
      <span className="zone-label">Times in</span>
      <span className="zone-choice">
        <select aria-label="Times in" value={zone} onChange={(event) => change({ zone: event.target.value })}>
          {/* a zone of the address or the machine need not be in the browser's own list */}
          {!ZONES.includes(zone) && <option value={zone}>{city(zone)}</option>}
          {!ZONES.includes(HOME_ZONE) && zone !== HOME_ZONE && (
            <option value={HOME_ZONE}>{city(HOME_ZONE)}</option>
          )}
          {ZONES.map((known) => (
            <option key={known} value={known}>
              {known.replaceAll("_", " ")}
            </option>
          ))}
        </select>
        <Chevron />
      </span>
    </label>
  );
}
