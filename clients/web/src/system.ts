import { boolean, list, mapped, member, number, type Read, record, string } from "./reading.ts";

/** A disk in bytes. */
export interface Disk {
  readonly free: number;
  readonly total: number;
}

/** How far a reader of a shard's events is: the id that it passed, and for how long the next one has waited. */
export interface Reader {
  readonly at: string | null;
  readonly lagMs: number | null;
}

/** A job; moments in ms, null where there was none. */
export interface JobRuns {
  readonly name: string;
  readonly when: string;
  readonly next: number | null;
  readonly started: number | null;
  readonly ended: number | null;
  readonly error: string | null;
}

/** The answer of `GET /api/v1/system`, as far as the page shows it. */
export interface System {
  readonly ready: boolean;
  /** Why this server cannot do its work. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  readonly memory: { readonly used: number; readonly limit: number };
  readonly watermark: number | null;
  readonly shards: readonly {
    readonly shard: number;
    readonly entries: number;
    readonly readers: Readonly<Record<string, Reader>>;
  }[];
  readonly flows: readonly {
    readonly flow: string;
    readonly shards: string;
    readonly values: Readonly<Record<string, number>>;
  }[];
  readonly jobs: readonly JobRuns[];
  readonly ingest: {
    readonly since: number;
    readonly accepted: number;
    readonly duplicates: number;
    readonly rejected: Readonly<Record<string, number>>;
  };
  readonly live: {
    readonly clients: number;
    readonly slow: number;
    readonly skipped: number;
    readonly closed: number;
  };
  readonly storage: {
    readonly leastFree: number;
    readonly data: Disk | null;
    readonly redis: Disk | null;
    readonly tables: readonly { readonly name: string; readonly bytes: number; readonly rows: number }[];
    readonly history: Disk | null;
    readonly unknown: string | null;
  };
  readonly dead: { readonly count: number };
}

/** Read the answer of `GET /api/v1/system`; throws `WireError` where it is another. */
export function decodeSystem(body: unknown): System {
  const path = "system";
  return {
    ready: member(body, path, "ready", boolean),
    reasons: member(body, path, "reasons", list(string)),
    warnings: member(body, path, "warnings", list(string)),
    memory: member(body, path, "memory", (memory, at) => ({
      used: member(memory, at, "used", number),
      limit: member(memory, at, "limit", number),
    })),
    watermark: member(body, path, "watermark", orNull(number)),
    shards: member(
      body,
      path,
      "shards",
      list((shard, at) => ({
        shard: member(shard, at, "shard", number),
        entries: member(shard, at, "entries", number),
        readers: member(shard, at, "readers", (readers, where) =>
          mapped(record(readers, where), where, (reader, its) => ({
            at: member(reader, its, "at", orNull(string)),
            lagMs: member(reader, its, "lagMs", orNull(number)),
          })),
        ),
      })),
    ),
    flows: member(
      body,
      path,
      "flows",
      list((flow, at) => ({
        flow: member(flow, at, "flow", string),
        shards: member(flow, at, "shards", string),
        values: member(flow, at, "values", counts),
      })),
    ),
    jobs: member(
      body,
      path,
      "jobs",
      list((job, at) => ({
        name: member(job, at, "name", string),
        when: member(job, at, "when", string),
        next: member(job, at, "next", orNull(number)),
        started: member(job, at, "started", orNull(number)),
        ended: member(job, at, "ended", orNull(number)),
        error: member(job, at, "error", orNull(string)),
      })),
    ),
    ingest: member(body, path, "ingest", (ingest, at) => ({
      since: member(ingest, at, "since", number),
      accepted: member(ingest, at, "accepted", number),
      duplicates: member(ingest, at, "duplicates", number),
      rejected: member(ingest, at, "rejected", counts),
    })),
    live: member(body, path, "live", (live, at) => ({
      clients: member(live, at, "clients", number),
      slow: member(live, at, "slow", number),
      skipped: member(live, at, "skipped", number),
      closed: member(live, at, "closed", number),
    })),
    storage: member(body, path, "storage", (storage, at) => ({
      leastFree: member(storage, at, "leastFree", number),
      data: member(storage, at, "data", orNull(disk)),
      redis: member(storage, at, "redis", orNull(disk)),
      tables: member(
        storage,
        at,
        "tables",
        list((table, where) => ({
          name: member(table, where, "name", string),
          bytes: member(table, where, "bytes", number),
          rows: member(table, where, "rows", number),
        })),
      ),
      history: member(storage, at, "history", orNull(disk)),
      unknown: member(storage, at, "unknown", orNull(string)),
    })),
    dead: member(body, path, "dead", (dead, at) => ({ count: member(dead, at, "count", number) })),
  };
}

/** What could not be taken, read or stored. */
export interface DeadLetter {
  readonly id: string;
  readonly at: string;
  readonly where: string;
  readonly error: string;
  readonly body: string;
  /** Why it cannot be replayed; null if it can be tried. */
  readonly notReplayable: string | null;
}

export interface DeadLetters {
  readonly count: number;
  readonly letters: readonly DeadLetter[];
  readonly nextCursor: string | null;
}

/** Read the answer of `GET /api/v1/dead-letters`; throws `WireError` where it is another. */
export function decodeDeadLetters(body: unknown): DeadLetters {
  const path = "deadLetters";
  return {
    count: member(body, path, "count", number),
    letters: member(
      body,
      path,
      "letters",
      list((letter, at) => ({
        id: member(letter, at, "id", string),
        at: member(letter, at, "at", string),
        where: member(letter, at, "where", string),
        error: member(letter, at, "error", string),
        body: member(letter, at, "body", string),
        notReplayable: member(letter, at, "notReplayable", orNull(string)),
      })),
    ),
    nextCursor: member(body, path, "nextCursor", orNull(string)),
  };
}

/** How letters fared that were to be replayed. */
export interface Replayed {
  readonly replayed: number;
  readonly letters: readonly {
    readonly id: string;
    readonly outcome: string;
    readonly reason: string | null;
  }[];
  readonly nextCursor: string | null;
}

/** Read the answer of `POST /api/v1/dead-letters/replay`; throws `WireError` where it is another. */
export function decodeReplayed(body: unknown): Replayed {
  const path = "replayed";
  return {
    replayed: member(body, path, "replayed", number),
    letters: member(
      body,
      path,
      "letters",
      list((letter, at) => ({
        id: member(letter, at, "id", string),
        outcome: member(letter, at, "outcome", string),
        reason: member(letter, at, "reason", orNull(string)),
      })),
    ),
    nextCursor: member(body, path, "nextCursor", orNull(string)),
  };
}

const counts: Read<Readonly<Record<string, number>>> = (value, path) =>
  mapped(record(value, path), path, number);

const disk: Read<Disk> = (value, path) => ({
  free: member(value, path, "free", number),
  total: member(value, path, "total", number),
});

function orNull<T>(read: Read<T>): Read<T | null> {
  return (value, path) => (value === null ? null : read(value, path));
}
