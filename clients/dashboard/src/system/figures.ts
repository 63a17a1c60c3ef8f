import type { Disk, JobRuns, System } from "@streakline/web";
import { whole } from "../format.ts";

/** From when on a lag is an alarm, as that of a silent flow. */
const LAG_MS = 10_000;

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** Bytes as people say them, in steps of 1,024. */
export function bytes(value: number): string {
  let rest = value;
  let unit = 0;
  while (rest >= 1024 && unit < UNITS.length - 1) {
    rest /= 1024;
    unit += 1;
  }
  return `${rest >= 10 || unit === 0 ? Math.round(rest) : rest.toFixed(1)} ${UNITS[unit]}`;
}

/** A time as people say it: `420 ms`, `3.5 s`, `12 min`. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

/** What the processes of a flow say of a number, together. */
export function ofFlow({ flows }: System, flow: string, name: string): number {
  return flows.filter((one) => one.flow === flow).reduce((sum, one) => sum + (one.values[name] ?? 0), 0);
}

/** The longest that anything has waited for a reader; null before one has begun. */
export function worstLag(system: System): number | null {
  const lags = lagsOf(system);
  const known = lags.filter((lag) => lag !== null);
  return known.length === 0 || known.length < lags.length ? null : Math.max(...known);
}

function lagsOf({ shards }: System): readonly (number | null)[] {
  return shards.flatMap(({ readers }) => Object.values(readers).map(({ lagMs }) => lagMs));
}

export function rejectedOf({ ingest }: System): number {
  return Object.values(ingest.rejected).reduce((sum, count) => sum + count, 0);
}

/** What somebody should look at, in words; none where all is well. */
export function alarmsOf(system: System): readonly string[] {
  const { reasons, warnings, jobs, dead, storage } = system;
  // a reader that has not begun must not hide how long the others let wait
  const lag = Math.max(0, ...lagsOf(system).map((known) => known ?? 0));
  const differences = ofFlow(system, "archive", "differences");
  return [
    ...reasons.map((reason) => `This server cannot do its work: ${reason}.`),
    ...warnings,
    ...jobs
      .filter(({ error }) => error !== null)
      .map(({ name, error }) => `The job ${name} failed: ${error}`),
    ...(lag > LAG_MS ? [`Something has waited for ${span(lag)} to be counted or stored.`] : []),
    ...(differences > 0 ? [`Recounts differed from live counts for ${whole(differences)} keys.`] : []),
    ...filling("this server’s data", storage.data, storage.leastFree, "no events are taken"),
    ...filling("Redis", storage.redis, storage.leastFree, "no events are taken"),
    ...filling("ClickHouse", storage.history, storage.leastFree, "archive may have to wait"),
    ...(dead.count > 0
      ? [
          `${whole(dead.count)} dead ${dead.count === 1 ? "letter waits" : "letters wait"} for somebody to look.`,
        ]
      : []),
  ];
}

function filling(whose: string, disk: Disk | null, least: number, then: string): string[] {
  return disk !== null && disk.free < 2 * least
    ? [`The disk of ${whose} fills: ${bytes(disk.free)} are free, and below ${bytes(least)} ${then}.`]
    : [];
}

/** How the last run of a job went. */
export function lastRun({ started, ended, error }: JobRuns): string {
  if (started === null) return "has not run yet";
  if (error !== null) return `failed: ${error}`;
  return ended === null ? "runs now" : `took ${span(ended - started)}`;
}
