import type { Person } from "@streakline/web";
import { mondayOf } from "../creator/figures.ts";

const DAY_MS = 86_400_000;
const WEEKS = 53;

export interface CalendarDay {
  readonly date: string;
  readonly plays: number;
  /** 0 without a play, then 1 to 4 by quarters of the most. */
  readonly level: number;
  readonly isToday: boolean;
  /** What holds a streak over it, if nothing was played. */
  readonly held: Held | null;
}

/** What holds a streak over a day without a play. */
export type Held = "frozen" | "repaired" | "paused" | "weekend";
export const HELD: Readonly<Record<Held, string>> = {
  frozen: "held by a freeze",
  repaired: "repaired",
  paused: "paused",
  weekend: "weekend off",
};

type Rules = Pick<Person, "freezes" | "repairs" | "pauses" | "weekendsOff">;

/** What holds a streak over a day if nothing is played on it; null for nothing. */
export function heldOn(day: string, { freezes, repairs, pauses, weekendsOff }: Rules): Held | null {
  if (repairs.some((repair) => repair.holds && repair.day === day)) return "repaired";
  if (pauses.some(({ from, to }) => from <= day && day <= to)) return "paused";
  if (weekendsOff && [0, 6].includes(new Date(day).getUTCDay())) return "weekend";
  return freezes.used.includes(day) ? "frozen" : null;
}

/** The day so many days after another. */
export function addedDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The calendar day of a moment (ms) in a zone, `2026-09-22`. */
export function dayIn(at: number, zone: string): string {
  // the Swedish way to write a date is that of ISO 8601
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(at);
}

/**
 * The days of a year as columns of weeks from Monday on: this week to today, and the 52 before it.
 *
 * Before the first of `days` nothing is held, for there was no streak.
 */
export function weeksOf(
  days: readonly { readonly date: string; readonly plays: number }[],
  today: string,
  rules: Rules | null = null,
): readonly (readonly CalendarDay[])[] {
  const plays = new Map(days.map((day) => [day.date, day.plays]));
  const most = Math.max(1, ...plays.values());
  const first = days.reduce((least, { date }) => (date < least ? date : least), "9");
  const last = Date.parse(today);
  const monday = Date.parse(mondayOf(today));
  return Array.from({ length: WEEKS }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => monday + ((week - WEEKS + 1) * 7 + day) * DAY_MS)
      .filter((at) => at <= last)
      .map((at) => {
        const date = new Date(at).toISOString().slice(0, 10);
        const count = plays.get(date) ?? 0;
        const held = rules === null || count > 0 || date < first ? null : heldOn(date, rules);
        return { date, plays: count, level: Math.ceil((count / most) * 4), isToday: at === last, held };
      }),
  );
}
