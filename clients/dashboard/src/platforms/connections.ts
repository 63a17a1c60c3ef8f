import {
  decodeAuthorization,
  decodeSynced,
  type PlatformConnection,
  type SyncedAccount,
} from "@streakline/web";
import { type Answered, askServer } from "../ask.ts";
import { counted, dayAndTime } from "../format.ts";
import { connectionsPath, type PlatformsAsked, platformName } from "./view.ts";

type Whose = Pick<PlatformsAsked, "user">;

/** Seconds that a look is waited for: fewer than a question waits for its answer. */
const WAIT = "20";

/** Ask where a person says yes to an account of his. */
export function authorize(
  whose: Whose,
  platform: string,
  token: string | null,
  signal: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<Answered<string>> {
  const path = connectionsPath(`connections/${encodeURIComponent(platform)}/authorize`, whose);
  return askServer({ path, decode: decodeAuthorization, post: {} }, token, signal, ask);
}

/** Look at an account now, or at all. */
export function sync(
  whose: Whose,
  connection: string | null,
  token: string | null,
  signal: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<Answered<readonly SyncedAccount[]>> {
  const path = connectionsPath("sync", whose, { wait: WAIT, ...(connection === null ? {} : { connection }) });
  return askServer({ path, decode: decodeSynced, post: {} }, token, signal, ask);
}

/** Forget an account, for ever. */
export function remove(
  whose: Whose,
  connection: string,
  token: string | null,
  signal: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<Answered<null>> {
  const path = connectionsPath(`connections/${encodeURIComponent(connection)}`, whose);
  return askServer({ path, decode: () => null, method: "DELETE" }, token, signal, ask);
}

const OUTCOMES: Readonly<Record<string, string>> = {
  begun: "is being looked at",
  never: "not looked at yet",
  done: "everything came",
  partly: "a part came",
  unavailable: "the platform does not answer now, or its quota is used up",
  failed: "nothing came",
  lost: "the platform lets us in no more; connect it again",
};

/** How the last look at an account went, in words. */
export function stateWords(
  { state, outcome, fault, looked, next }: PlatformConnection,
  zone: string,
): string {
  const when = (moment: string) => dayAndTime(Date.parse(moment), zone);
  const how = OUTCOMES[state === "lost" ? "lost" : outcome] ?? outcome;
  return [
    looked === null ? how : `${when(looked)}: ${how}`,
    ...(fault === "" ? [] : [fault]),
    ...(next === null ? [] : [`next ${when(next)}`]),
  ].join(" · ");
}

/** How a look that was asked for went, in words. */
export function syncedWords(accounts: readonly SyncedAccount[]): string {
  if (accounts.length === 0) return "There is no account to look at.";
  return accounts
    .map(({ platform, account, outcome, fault, values }) => {
      const why = fault === "" ? "" : ` (${fault})`;
      const came = outcome === "begun" ? "" : `, ${counted(values, "new number")}`;
      return `${platformName(platform)} ${account}: ${OUTCOMES[outcome] ?? outcome}${why}${came}.`;
    })
    .join(" ");
}
