import type { Me, Mode, Person } from "@streakline/web";
import { messageOf, type Trouble } from "../../ask.ts";
import { counted, dateAndYear } from "../../format.ts";

export const MODE_WORDS: Readonly<Record<Mode, { readonly name: string; readonly means: string }>> = {
  "calendar-day": {
    name: "By calendar day",
    means: "A day counts if a play begins between its midnights. Two plays may be up to 48 hours apart.",
  },
  "rolling-24h": {
    name: "By 24 hours",
    means: "Each play has to begin less than 24 hours after the one before, whatever the date.",
  },
};

export const ZONE_MEANS =
  "Whose midnights end a day, now and for all of the past. A play that names its own zone keeps it.";
export const WEEKENDS_MEAN =
  "Saturday and Sunday need no play. One without a play breaks no streak, and one with a play still counts.";

/** Whether a bearer may state anything of a person: the person, or who may write for everybody. */
export function mayState(me: Me | null, user: string): boolean {
  if (me === null) return false;
  const has = (scope: string) => me.scopes.includes(scope);
  return has("admin") || has("write") || (has("write:self") && me.user === user);
}

/** Why a statement was not taken, and what helps. */
export function refusalWords(trouble: Trouble): string {
  const message = messageOf(trouble).replace(/\.?$/u, ".");
  if (trouble.kind === "access") {
    return trouble.failure.code === "forbidden"
      ? `Nothing was changed. This link may look at these rules and not change them: ${message}`
      : "Nothing was changed. This link has run out: sign in again at the foot of the page.";
  }
  if (trouble.kind !== "away") return `Nothing was changed: ${message}`;
  return trouble.silent
    ? "The server does not answer, so nobody knows whether this was taken. Try again: it counts once, however often it is sent."
    : `Nothing was changed. The server cannot take it now: ${message}`;
}

/** Why nobody knows whether a statement that was taken shows by now. */
export function unknownWords(trouble: Trouble): string {
  return `Taken, and not lost. Refresh the page to see whether it shows: ${messageOf(trouble)}`;
}

const PARTS: Readonly<Record<string, string>> = {
  live: "live counts",
  raw: "history",
  provisional: "counts of open quarter hours",
  people: "streaks",
  close: "quarter hours that are over",
  recount: "a recount of the past",
  sockets: "live numbers",
};

/** What has not shown a statement yet. */
export function behindWords(parts: readonly string[]): string {
  return parts.map((part) => PARTS[part] ?? part).join(", ");
}

const LONGEST_PAUSE = 90;
const DAY_MS = 86_400_000;

/** Why two days are no pause; null where they are one. */
export function pauseTrouble(from: string, to: string): string | null {
  if (from === "" || to === "") return "Give the first day and the last day of the pause.";
  if (to < from) return `The last day, ${dateAndYear(to)}, is before the first, ${dateAndYear(from)}.`;
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  return days > LONGEST_PAUSE
    ? `These are ${days} days, and one pause has at most ${LONGEST_PAUSE}. Add another for the rest.`
    : null;
}

type Pause = Person["pauses"][number];

/** Where a pause lies, seen from a day. */
export function pauseState({ from, to }: Pause, today: string): "now" | "over" | "to come" {
  if (to < today) return "over";
  return from > today ? "to come" : "now";
}

/** The days of a pause. */
export function pauseWords({ from, to }: Pause): string {
  return from === to ? dateAndYear(from) : `${dateAndYear(from)} to ${dateAndYear(to)}`;
}

/** What became of a freeze. */
export function freezeWords({ state, day, usedFor }: Person["freezes"]["got"][number]): string {
  const got = `got on ${dateAndYear(day)}`;
  switch (state) {
    case "held":
      return `Held, ${got}`;
    case "used":
      return `Used for ${dateAndYear(usedFor ?? day)}, ${got}`;
    case "lost":
      return `Lost, ${got} while as many were held as can be`;
  }
}

/** How many freezes there are. */
export function balanceWords({ balance, most, used }: Person["freezes"]): string {
  return `${balance} of at most ${most} held, ${counted(used.length, "day")} covered so far.`;
}

/** What can be repaired now, and else why nothing can. */
export function repairWords({ repairable, nextRepair }: Person): string {
  if (nextRepair !== null) {
    return `A day was repaired less than seven days ago. The next can be repaired from ${dateAndYear(nextRepair)} on.`;
  }
  if (repairable.length === 0) return "No day of the last seven was missed.";
  return repairable.some(({ gained }) => gained > 0)
    ? "Missed, and worth a repair:"
    : `${counted(repairable.length, "day")} of the last seven missed. To repair one of them brings no streak back.`;
}

/** What the repair of a day is worth. */
export function gainWords({ currentStreak, gained }: Person["repairable"][number]): string {
  return gained > 0 ? `makes a streak of ${counted(currentStreak, "day")}` : "changes no streak now";
}
