import {
  decodeMilestones,
  decodePerson,
  decodePersonRecord,
  decodeStreak,
  decodeViewingTime,
} from "@streakline/web";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Router } from "wouter";
import { golden } from "../../../web/tests/golden.ts";
import { type Trouble, troubleOf } from "../../src/ask.ts";
import { dayIn, heldOn, weeksOf } from "../../src/person/calendar.ts";
import { nextWords, personCsv, statusWords } from "../../src/person/figures.ts";
import { PersonView } from "../../src/person/PersonView.tsx";
import { personAsked, personQuery } from "../../src/person/view.ts";
import { zoneShown, zoneWords } from "../../src/person/zone.ts";
import { unanswered } from "../../src/use_answer.ts";

const STREAK = decodeStreak(JSON.parse(golden("streak")));
const MILESTONES = decodeMilestones(JSON.parse(golden("milestones")));
const VIEWING = decodeViewingTime(JSON.parse(golden("viewing_time")));
const RECORD = decodePersonRecord(JSON.parse(golden("record")));
const PERSON = decodePerson(JSON.parse(golden("person")));
type View = Parameters<typeof PersonView>[0];
const AT = { ssrPath: "/person", ssrSearch: "tz=UTC" } as Parameters<typeof Router>[0];

function page(trouble: Trouble | null, user: string | null = null, change: Partial<View> = {}): string {
  const state = <T>(key: string, value: T) => ({
    ...unanswered<T>(key),
    asking: false,
    value: trouble ? null : value,
  });
  const view = createElement(PersonView, {
    asked: { user, period: "week" },
    streak: { ...state("s", STREAK), trouble },
    milestones: state("m", MILESTONES),
    viewing: state("v", VIEWING),
    record: state("r", RECORD),
    person: state("p", PERSON),
    rules: () => null,
    shown: { zone: "UTC", whose: "own", own: "UTC" },
    example: null,
    token: null,
    accessSaid: false,
    onPeriod: () => undefined,
    onPerson: () => undefined,
    onZone: () => undefined,
    onRetry: () => undefined,
    ...change,
  });
  return renderToStaticMarkup(createElement(Router, AT, view));
}

describe("the page of a person", () => {
  it("reads person and period from the address, this week where it asks for none there is", () => {
    const asked = personAsked(new URLSearchParams("user=a%26b&period=year"));
    expect(asked).toEqual({ user: "a&b", period: "year" });
    expect(personQuery(asked, "Asia/Kolkata")).toBe("tz=Asia%2FKolkata&user=a%26b");
    expect(personAsked(new URLSearchParams("user=&period=day"))).toEqual({ user: null, period: "week" });
  });

  it("shows streak, days, milestones, hours, and what was played most and last", () => {
    const html = page(null);
    expect(html).toContain("<h1>ann</h1>");
    expect(html).toMatch(/data-figure="person\.current">.*?figure-value">1<.*?since Sep 21, 2026/u);
    expect(html).toMatch(/data-figure="person\.longest">.*?figure-value">12<.*?from Sep 7, 2026/u);
    expect(html).toContain("13 plays on 13 days");
    expect(html).toContain("12 of 25, 13 more to bronze");
    expect(html).toContain("10 tracks, bronze");
    expect(html).toMatch(
      /data-figure="person\.hours">.*?figure-value">0\.75<.*?0 by then in the week before/u,
    );
    expect(html).toContain('href="/content/pilot?tz=UTC"');
    expect(html).not.toContain("Id of the person");
  });

  it("asks whose numbers, lets another be chosen, and says what is wrong", async () => {
    expect(page({ kind: "person", message: "" })).toContain("This link is nobody’s own.");
    expect(page(null, "bea")).toContain('value="bea"');
    expect(page({ kind: "person", message: "" })).not.toContain("made up");
    const example = page({ kind: "person", message: "" }, null, { example: "listener-0001" });
    expect(example).toContain("Show listener-0001, who is made up");
    expect(page({ kind: "away", message: "", retryMs: 5000 })).toContain("History does not answer now.");
    const refused = new Response(JSON.stringify({ type: "urn:x:user", detail: "so" }), { status: 400 });
    expect(await troubleOf(refused)).toEqual({ kind: "person", message: "so" });
  });
});

describe("an answer that lacks", () => {
  const away: Trouble = { kind: "away", message: "busy", retryMs: 5000 };
  const closed: Trouble = {
    kind: "access",
    failure: { type: "error", code: "forbidden", message: "not yours" },
  };

  it.each(["milestones", "viewing", "record", "person"])("is told of, not only left out: %s", (name) => {
    const lacking = (trouble: Trouble) =>
      page(null, null, { [name]: { ...unanswered("x"), asking: false, trouble } });
    expect(lacking(away)).toContain("History does not answer now.");
    expect(lacking(away)).toContain("The numbers below are of 12:00:00.");
    expect(lacking({ kind: "failed", message: "odd" })).toContain("odd");
    expect(lacking(closed)).toContain("not yours");
    expect(lacking(away)).toContain('data-stale="true"');
  });

  it("is told of once where several lack", () => {
    const state = { ...unanswered<never>("x"), asking: false, trouble: away };
    const html = page(null, null, { milestones: state, viewing: state, record: state });
    expect(html.match(/does not answer now/gu)).toHaveLength(1);
  });

  it("keeps old numbers, marked as such", () => {
    const html = page(null, null, {
      viewing: { key: "v", value: VIEWING, asking: false, trouble: away },
    });
    expect(html).toContain('data-stale="true"');
    expect(html).toContain('data-figure="person.hours"');
  });
});

describe("a time in which nothing was played", () => {
  it("has no chart of it, and no hint about what is not there", () => {
    const nothing = { ...VIEWING, totalHours: 0, genreDistribution: {}, hourDistribution: Array(24).fill(0) };
    const html = page(null, null, { viewing: { key: "v", value: nothing, asking: false, trouble: null } });
    expect(html).not.toContain("Hours played by the hour of the clock");
    expect(html).not.toContain("What has several genres");
    expect(page(null)).toContain("Hours played by the hour of the clock");
  });
});

describe("hours of a period that is not asked for any more", () => {
  it("stand under the period that they are of", () => {
    const html = page(null, null, { asked: { user: null, period: "year" } });
    expect(html).toContain("Viewing time: this week");
    expect(html).toContain("by then in the week before");
    expect(html).toMatch(/aria-pressed="true"[^>]*>year</u);
  });

  it("are refused where their period is none", () => {
    expect(() => decodeViewingTime({ ...JSON.parse(golden("viewing_time")), timePeriod: "day" })).toThrow(
      "viewingTime.timePeriod must be one of week, month, year, all",
    );
  });
});

describe("the words of a streak and of a milestone", () => {
  it("say until when a play is needed, that it is held, or that there is none", () => {
    const words = (part: Partial<typeof STREAK>) => statusWords({ ...STREAK, ...part }, "Europe/Berlin");
    expect(words({})).toBe("Played today. The streak goes on with a play before Sep 23, 2026, 00:00.");
    expect(words({ status: "atRisk" })).toContain("breaks without a play before Sep 23, 2026, 00:00");
    expect(words({ status: "frozen" })).toContain("the streak is held");
    expect(words({ status: "broken", playBefore: null })).toContain("the last play was on Sep 21, 2026");
    expect(words({ status: "broken", lastWatchedDate: null })).toContain("Nothing played yet");
  });

  it("say how many are missing, and that none is after the last one", () => {
    const one = {
      milestoneType: "track",
      finished: 1200,
      next: null,
      remaining: null,
      celebrationTier: null,
    };
    expect(nextWords(one)).toBe("1,200 finished, all milestones reached");
  });
});

describe("the calendar", () => {
  it("keeps its room while the days are awaited, and says no number of them", () => {
    const html = page(null, null, { record: unanswered("r") });
    expect(html.match(/class="calendar-day"/gu)?.length).toBeGreaterThan(52 * 7);
    expect(html).toMatch(/data-figure="person\.days">Asking history…</u);
    expect(html).not.toContain("No day with a play.");
  });

  it("has this week to today and the 52 before it from Monday on, each day as dark as it was played on", () => {
    const weeks = weeksOf(
      [
        { date: "2026-09-23", plays: 8 },
        { date: "2026-09-21", plays: 1 },
        { date: "2025-09-22", plays: 4 },
      ],
      "2026-09-23",
    );
    expect(weeks.map((week) => week.length)).toEqual([...Array(52).fill(7), 3]);
    expect(weeks[0]?.[0]).toEqual({
      date: "2025-09-22",
      plays: 4,
      level: 2,
      isToday: false,
      held: null,
    });
    expect(weeks[52]?.map(({ plays, level, isToday }) => [plays, level, isToday])).toEqual([
      [1, 1, false],
      [0, 0, false],
      [8, 4, true],
    ]);
    expect(new Set(weeks.flat().map(({ date }) => date)).size).toBe(52 * 7 + 3);
  });

  const held = {
    ...PERSON,
    freezes: { ...PERSON.freezes, used: ["2026-09-14", "2026-09-19"] },
    pauses: [{ id: "p", from: "2026-09-15", to: "2026-09-16" }],
    repairs: [
      { id: "r", day: "2026-09-17", holds: true },
      { id: "s", day: "2026-09-18", holds: false },
    ],
    weekendsOff: true,
  };

  it("tells what holds a day without a play, and nothing of a day with one or before the first", () => {
    const days = [
      { date: "2026-09-13", plays: 1 },
      { date: "2026-09-16", plays: 2 },
    ];
    const week = weeksOf(days, "2026-09-23", held)
      .flat()
      .filter(({ date }) => "2026-09-11" < date && date < "2026-09-21");
    expect(week.map((day) => day.held)).toEqual([
      null, // a Saturday before the first play
      null,
      "frozen",
      "paused",
      null,
      "repaired",
      null,
      "weekend",
      "weekend",
    ]);
    expect(heldOn("2026-09-19", { ...held, weekendsOff: false })).toBe("frozen");
  });

  it("has a legend of what is in it, and says each in the table too", () => {
    const record = { ...RECORD, days: [{ date: "2026-09-10", plays: 1 }], asOf: "2026-09-21T12:00:00Z" };
    const state = <T>(value: T) => ({ ...unanswered<T>("x"), asking: false, value });
    const html = page(null, null, { record: state(record), person: state(held) });
    for (const kind of ["frozen", "paused", "repaired", "weekend"]) {
      expect(html).toContain(`class="legend-day" data-held="${kind}"`);
    }
    expect(html).toContain("1 day held by a freeze, 1 day repaired, 2 days paused, 4 days weekend off");
    expect(html).toMatch(/Sep 14, 2026<\/th><td>held by a freeze</u);
    expect(page(null)).not.toContain('class="legend-day" data-held="paused"');
  });

  it("ends with the day that it is where the reader is", () => {
    const at = Date.parse("2026-09-21T23:30:00Z");
    expect([dayIn(at, "UTC"), dayIn(at, "Asia/Tokyo")]).toEqual(["2026-09-21", "2026-09-22"]);
  });
});

describe("the zone of a person's days", () => {
  it("is the one that the address asks for, else his own, else that of the device", () => {
    const home = "Europe/Berlin";
    expect(zoneShown("Asia/Tokyo", "Asia/Kolkata", home)).toEqual({
      zone: "Asia/Tokyo",
      whose: "asked",
      own: "Asia/Kolkata",
    });
    expect(zoneShown(null, "Asia/Kolkata", home)).toMatchObject({ zone: "Asia/Kolkata", whose: "own" });
    expect(zoneShown("Asia/Kolkata", "Asia/Kolkata", home).whose).toBe("own");
    expect(zoneShown(null, null, home)).toEqual({ zone: home, whose: "device", own: null });
    expect(zoneShown(null, "Mars/Olympus", home)).toMatchObject({ zone: home, whose: "device" });
  });

  it("is told with whose it is", () => {
    const words = (asked: string | null, own: string | null) =>
      zoneWords(zoneShown(asked, own, "America/New_York"), "ann");
    expect(words(null, "Asia/Tokyo")).toBe("Days and times in Asia/Tokyo, the zone of ann.");
    expect(words(null, null)).toBe(
      "Days and times in America/New York, the zone of this device: ann has stated none.",
    );
    expect(words("UTC", "Asia/Tokyo")).toBe(
      "Days and times in UTC, as this address asks: the zone of ann is Asia/Tokyo.",
    );
    expect(words("UTC", null)).toContain("ann has stated none");
    const asked = page(null, null, { shown: zoneShown("UTC", "Asia/Tokyo") });
    expect(asked).toContain("Show the zone of ann");
    expect(page(null)).not.toContain("Show the zone of ann");
  });
});

describe("the CSV of a person", () => {
  it("has every number of the page once", () => {
    const rows = personCsv(STREAK, MILESTONES, VIEWING, RECORD, PERSON).split("\r\n");
    expect(rows).toContain("streak,2026-09-07,longest,12");
    expect(rows).toContain("milestones,track,finished,12");
    expect(rows).toContain("genres,Drama,hours,0.75");
    expect(rows).toContain("days,2026-09-21,plays,1");
    expect(rows).toContain("freezes,2026-11-18,used,for-ten-films");
    expect(rows).toContain("pauses,2026-07-01,to,2026-07-14");
    expect(new Set(rows.slice(0, -1)).size).toBe(rows.length - 1);
    expect(personCsv(STREAK, null, null, null, null)).not.toContain("days,");
  });
});
