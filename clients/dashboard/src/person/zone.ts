import { HOME_ZONE, isZone } from "../address.ts";

/** In which zone a page about a person shows days and times, and whose zone that is. */
export interface ZoneShown {
  readonly zone: string;
  readonly whose: "asked" | "own" | "device";
  /** What the person stated; null for none that this browser knows. */
  readonly own: string | null;
}

/** The zone that the address asks for, else the person's own, else that of this device. */
export function zoneShown(asked: string | null, stated: string | null, home: string = HOME_ZONE): ZoneShown {
  const own = stated !== null && isZone(stated) ? stated : null;
  if (asked !== null && asked !== own) return { zone: asked, whose: "asked", own };
  return own === null ? { zone: home, whose: "device", own } : { zone: own, whose: "own", own };
}

/** Whose zone it is, in a sentence. */
export function zoneWords({ zone, whose, own }: ZoneShown, person: string): string {
  const where = `Days and times in ${named(zone)}`;
  switch (whose) {
    case "own":
      return `${where}, the zone of ${person}.`;
    case "device":
      return `${where}, the zone of this device: ${person} has stated none.`;
    case "asked":
      return own === null
        ? `${where}, as this address asks: ${person} has stated none.`
        : `${where}, as this address asks: the zone of ${person} is ${named(own)}.`;
  }
}

function named(zone: string): string {
  return zone.replaceAll("_", " ");
}
