import { all, list, mapped, member, number, orNull, type Read, record, string } from "./reading.ts";

/** A disk in bytes. */
export interface Disk {
  readonly free: number;
  readonly total: number;
}

/** For how long the next event of a shard has waited for a reader; null before it has begun. */
export interface Reader {
  readonly lagMs: number | null;
}

/** A job; moments in ms, null where there was none. */
export interface JobRuns {
  readonly name: string;
  readonly started: number | null;
  readonly ended: number | null;
  readonly error: string | null;
}

/** The answer of `GET /api/v1/system`, as far as the page shows it. */
export interface System {
  /** Why this server cannot do its work. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  readonly memory: { readonly used: number; readonly limit: number };
  readonly watermark: number | null;
  readonly shards: readonly {
    readonly shard: number;
    readonly readers: Readonly<Record<string, Reader>>;
  }[];
  readonly flows: readonly {
    readonly flow: string;
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
    reasons: member(body, path, "reasons", list(string)),
    warnings: member(body, path, "warnings", list(string)),
    memory: member(body, path, "memory", all(["used", "limit"], number)),
    watermark: member(body, path, "watermark", orNull(number)),
    shards: member(
      body,
      path,
      "shards",
      list((shard, at) => ({
        shard: member(shard, at, "shard", number),
        readers: member(shard, at, "readers", (readers, where) =>
          mapped(record(readers, where), where, all(["lagMs"], orNull(number))),
        ),
      })),
    ),
    flows: member(
      body,
      path,
      "flows",
      list((flow, at) => ({
        flow: member(flow, at, "flow", string),
        values: member(flow, at, "values", counts),
      })),
    ),
    jobs: member(
      body,
      path,
      "jobs",
      list((job, at) => ({
        name: member(job, at, "name", string),
        ...all(["started", "ended"], orNull(number))(job, at),
        error: member(job, at, "error", orNull(string)),
      })),
    ),
    ingest: member(body, path, "ingest", (ingest, at) => ({
      ...all(["since", "accepted", "duplicates"], number)(ingest, at),
      rejected: member(ingest, at, "rejected", counts),
    })),
    live: member(body, path, "live", all(["clients", "slow", "skipped", "closed"], number)),
    storage: member(body, path, "storage", (storage, at) => ({
      leastFree: member(storage, at, "leastFree", number),
      ...all(["data", "redis", "history"], orNull(disk))(storage, at),
      tables: member(
        storage,
        at,
        "tables",
        list((table, where) => ({
          name: member(table, where, "name", string),
          ...all(["bytes", "rows"], number)(table, where),
        })),
      ),
      unknown: member(storage, at, "unknown", orNull(string)),
    })),
    dead: member(body, path, "dead", all(["count"], number)),
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
  readonly letters: readonly DeadLetter[];
}

/** Read the answer of `GET /api/v1/dead-letters`; throws `WireError` where it is another. */
export function decodeDeadLetters(body: unknown): DeadLetters {
  return {
    letters: member(
      body,
      "deadLetters",
      "letters",
      list((letter, at) => ({
        ...all(["id", "at", "where", "error", "body"], string)(letter, at),
        notReplayable: member(letter, at, "notReplayable", orNull(string)),
      })),
    ),
  };
}

/** How letters fared that were to be replayed. */
export interface Replayed {
  readonly replayed: number;
  readonly letters: readonly {
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
        outcome: member(letter, at, "outcome", string),
        reason: member(letter, at, "reason", orNull(string)),
      })),
    ),
    nextCursor: member(body, path, "nextCursor", orNull(string)),
  };
}

/** A webhook of `GET /api/v1/webhooks`. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  /** `active`, or `disabled` since its receiver answered that it is gone. */
  readonly state: string;
  readonly pending: number;
  readonly dead: number;
}

/** Read the answer of `GET /api/v1/webhooks`, newest first; throws `WireError` where it is another. */
export function decodeWebhooks(body: unknown): readonly Webhook[] {
  return member(
    body,
    "webhooks",
    "webhooks",
    list((hook, at) => ({
      ...all(["id", "url", "description", "state"], string)(hook, at),
      ...all(["pending", "dead"], number)(hook, at),
    })),
  );
}

/** A try to deliver an event; `duration` in seconds. */
export interface Attempt {
  readonly at: string;
  readonly duration: number;
  /** Of the answer; null where there was none, and `error` says why. */
  readonly status: number | null;
  readonly error: string | null;
}

/** Read the tries in the answer of `GET /api/v1/webhooks/{id}/deliveries`; throws `WireError` where it is another. */
export function decodeAttempts(body: unknown): readonly Attempt[] {
  const attempt: Read<Attempt> = (value, at) => ({
    at: member(value, at, "at", string),
    duration: member(value, at, "duration", number),
    status: member(value, at, "status", orNull(number)),
    error: member(value, at, "error", orNull(string)),
  });
  return member(
    body,
    "deliveries",
    "deliveries",
    list((delivery, at) => member(delivery, at, "attempts", list(attempt))),
  ).flat();
}

const counts: Read<Readonly<Record<string, number>>> = (value, path) =>
  mapped(record(value, path), path, number);

const disk: Read<Disk> = all(["free", "total"], number);
