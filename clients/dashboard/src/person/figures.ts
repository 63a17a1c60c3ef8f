import type { Milestones, Person, PersonRecord, Streak, ViewingTime } from "@streakline/web";
import { type Cell, csvText } from "../csv.ts";
import { dateAndYear, dayAndTime, whole } from "../format.ts";

/** How the streak is, in a sentence. */
export function statusWords(streak: Streak, zone: string): string {
  const { status, playBefore, lastWatchedDate } = streak;
  const before = playBefore === null ? "" : dayAndTime(Date.parse(playBefore), zone);
  switch (status) {
    case "active":
      return `Played today. The streak goes on with a play before ${before}.`;
    case "atRisk":
      return `Nothing played today yet. The streak breaks without a play before ${before}.`;
    case "frozen":
      return `Nothing played yesterday, and the streak is held. It breaks without a play before ${before}.`;
    case "broken":
      return lastWatchedDate === null
        ? "Nothing played yet: the first play begins a streak."
        : `No streak now: the last play was on ${dateAndYear(lastWatchedDate)}. The next play begins a new one.`;
  }
}

/** How far the next milestone of a kind is, in words. */
export function nextWords({ finished, next, remaining, celebrationTier }: Milestones["progress"][number]) {
  if (next === null || remaining === null) return `${whole(finished)} finished, all milestones reached`;
  return `${whole(finished)} of ${whole(next)}, ${whole(remaining)} more to ${celebrationTier}`;
}

/** Everything the page shows, one number a row, for a spreadsheet. */
export function personCsv(
  streak: Streak,
  milestones: Milestones | null,
  viewing: ViewingTime | null,
  record: PersonRecord | null,
  person: Person | null,
): string {
  const hours = (part: string, values: Readonly<Record<string, number>>): Cell[][] =>
    Object.entries(values).map(([name, value]) => [part, name, "hours", value]);
  return csvText([
    ["part", "at", "measure", "value"],
    ["streak", streak.streakStartDate, "current", streak.currentStreak],
    ["streak", streak.longestStreakStart, "longest", streak.longestStreak],
    ["streak", "", "daysWatched", streak.daysWatched],
    ["streak", "", "freezes", streak.freezes.balance],
    ...(person === null
      ? []
      : [
          ["rules", "", "zone", person.zone],
          ["rules", "", "mode", person.mode],
          ["rules", "", "weekendsOff", String(person.weekendsOff)],
          ...person.freezes.got.map((one) => ["freezes", one.usedFor ?? one.day, one.state, one.id]),
          ...person.pauses.map((one) => ["pauses", one.from, "to", one.to]),
          ...person.repairs.map((one) => ["repairs", one.day, "holds", String(one.holds)]),
        ]),
    ...(milestones?.progress ?? []).map((one) => ["milestones", one.milestoneType, "finished", one.finished]),
    ...(milestones?.milestones ?? []).map((one) => [
      "reached",
      one.achievementDate,
      one.milestoneType,
      one.metricAchieved,
    ]),
    ...(viewing === null
      ? []
      : [
          ["viewing", "", "hours", viewing.totalHours],
          ["viewing", "", "previousHours", viewing.previousHours],
          ["viewing", "", "plays", viewing.plays],
          ...hours("types", viewing.contentBreakdown),
          ...hours("genres", viewing.genreDistribution),
          ...hours("platforms", viewing.platformDistribution),
          ...viewing.hourDistribution.map((value, hour) => ["clock", hour, "hours", value]),
        ]),
    ...(record?.topContents ?? []).map((one) => ["topContents", one.contentId, "plays", one.plays]),
    ...(record?.topCreators ?? []).map((one) => ["topCreators", one.creatorId, "plays", one.plays]),
    ...(record?.days ?? []).map((day) => ["days", day.date, "plays", day.plays]),
  ]);
}
