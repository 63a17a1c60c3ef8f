const LANGUAGE = typeof navigator === "undefined" ? "en" : navigator.language;

const WHOLE = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat(LANGUAGE, { notation: "compact", maximumFractionDigits: 1 });

export function whole(value: number): string {
  return WHOLE.format(value);
}

/** A number and what it counts. */
export function counted(count: number, one: string): string {
  return `${whole(count)} ${unitOf(`${one}s`, count)}`;
}

/** The name of what is counted, of which there are so many, as a number or as it is shown: one of `plays` is a `play`. */
export function unitOf(many: string, count: number | string): string {
  return String(count) === "1" ? many.replace(/s$/u, "") : many;
}

/** At most five characters or so, for axes. */
export function compact(value: number): string {
  return COMPACT.format(value);
}

/** Whole per cent, half up; a dash where nothing was counted. */
export function percent(part: number, of: number): string {
  return of > 0 ? `${Math.floor((part / of) * 100 + 0.5)}%` : "–";
}

const CLOCKS = new Map<string, Intl.DateTimeFormat>();

/** Hours and minutes of a moment (ms) in a zone, with seconds when asked. */
export function clock(at: number, zone: string, seconds = false): string {
  const key = `${zone} ${seconds}`;
  let format = CLOCKS.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(LANGUAGE, {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
      ...(seconds ? { second: "2-digit" } : {}),
    });
    CLOCKS.set(key, format);
  }
  return format.format(at);
}

/** A zone as people say it: `Europe/Berlin` is `Berlin`. */
export function city(zone: string): string {
  return zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
}

const DATE = new Intl.DateTimeFormat(LANGUAGE, { timeZone: "UTC", day: "numeric", month: "short" });

/** A calendar day, `2026-09-22`, without its year. */
export function dateOf(day: string): string {
  return DATE.format(Date.parse(day));
}

const DATE_AND_YEAR = new Intl.DateTimeFormat(LANGUAGE, { timeZone: "UTC", dateStyle: "medium" });

/** A calendar day, `2026-09-22`, with its year. */
export function dateAndYear(day: string): string {
  return DATE_AND_YEAR.format(Date.parse(day));
}

const HOURS = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 2 });

/** Hours, to hundredths. */
export function hoursText(hours: number): string {
  return HOURS.format(hours);
}

/** Day and minute of a moment (ms) in a zone. */
export function dayAndTime(at: number, zone: string): string {
  const format = new Intl.DateTimeFormat(LANGUAGE, { timeZone: zone, dateStyle: "medium" });
  return `${format.format(at)}, ${clock(at, zone)}`;
}
