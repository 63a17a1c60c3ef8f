import { all, list, member, number, orNull, type Read, string } from "../reading.ts";

/** An account at another platform; moments in RFC 3339. */
export interface PlatformConnection {
  readonly id: string;
  readonly platform: string;
  readonly account: string;
  readonly name: string;
  /** `active`, or `lost`: its person has to connect it again. */
  readonly state: string;
  /** How the last look went. */
  readonly outcome: string;
  /** Why it was not `done`; empty if it was. */
  readonly fault: string;
  readonly looked: string | null;
  readonly next: string | null;
  /** Numbers that the last look wrote. */
  readonly values: number;
}

/** The answer of `GET /api/v1/analytics/connections`. */
export interface PlatformConnections {
  readonly connections: readonly PlatformConnection[];
  /** Of which one can be connected. */
  readonly platforms: readonly string[];
}

const connection: Read<PlatformConnection> = (value, at) => ({
  ...all(["id", "platform", "account", "name", "state", "outcome", "fault"], string)(value, at),
  ...all(["looked", "next"], orNull(string))(value, at),
  ...all(["values"], number)(value, at),
});

/** Read the answer of `GET /api/v1/analytics/connections`; throws `WireError` where it is another. */
export function decodePlatformConnections(body: unknown): PlatformConnections {
  return {
    connections: member(body, "connections", "connections", list(connection)),
    platforms: member(body, "connections", "platforms", list(string)),
  };
}

/** Read where a person says yes; throws `WireError` where the answer is another. */
export function decodeAuthorization(body: unknown): string {
  return member(body, "authorization", "url", string);
}

/** How a look at an account went. */
export interface SyncedAccount {
  readonly platform: string;
  readonly account: string;
  /** `begun` while it goes on. */
  readonly outcome: string;
  readonly fault: string;
  readonly values: number;
}

/** Read the answer of `POST /api/v1/analytics/sync`; throws `WireError` where it is another. */
export function decodeSynced(body: unknown): readonly SyncedAccount[] {
  const one: Read<SyncedAccount> = (value, at) => ({
    ...all(["platform", "account", "outcome", "fault"], string)(value, at),
    ...all(["values"], number)(value, at),
  });
  return member(body, "synced", "accounts", list(one));
}
