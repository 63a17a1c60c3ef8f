import { mondayOf } from "../creator/figures.ts";

const DAY_MS = 86_400_000;
const WEEKS = 53;

export interface CalendarDay {
  readonly date: string;
  readonly plays: number;
  /** 0 without a play, then 1 to 4 by quarters of the most. */
  readonly level: number;
  readonly isToday: boolean;
}

/** The calendar day of a moment (ms) in a zone, `2026-09-22`. */
export function dayIn(at: number, zone: string): string {
  // the Swedish way to write a date is that of ISO 8601
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(at);
}

/** The days of a year as columns of weeks from Monday on: this week to today, and the 52 before it. */
export function weeksOf(
  days: readonly { readonly date: string; readonly plays: number }[],
  today: string,
): readonly (readonly CalendarDay[])[] {
  const plays = new Map(days.map((day) => [day.date, day.plays]));
  const most = Math.max(1, ...plays.values());
  const last = Date.parse(today);
  const monday = Date.parse(mondayOf(today));
  return Array.from({ length: WEEKS }, (_, week) =>
    Array.from({ length: 7 }, (_, day) => monday + ((week - WEEKS + 1) * 7 + day) * DAY_MS)
      .filter((at) => at <= last)
      .map((at) => {
        const date = new Date(at).toISOString().slice(0, 10);
        const count = plays.get(date) ?? 0;
        return { date, plays: count, level: Math.ceil((count / most) * 4), isToday: at === last };
      }),
  );
}
