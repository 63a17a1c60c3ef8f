import { decodePersonYears, decodeYearInReview, type YearInReview } from "@streakline/web";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Router } from "wouter";
import { golden } from "../../../web/tests/golden.ts";
import { askServer, type Trouble, troubleOf } from "../../src/ask.ts";
import { unanswered } from "../../src/use_answer.ts";
import { cardPath } from "../../src/year/cards.ts";
import {
  beforeWords,
  busiestWords,
  changeWords,
  firstWords,
  soFar,
  streakWords,
  tiedWords,
  yearCsv,
} from "../../src/year/figures.ts";
import { linkWords, makeLink } from "../../src/year/links.ts";
import { yearAsked } from "../../src/year/view.ts";
import { YearView } from "../../src/year/YearView.tsx";

const YEAR = decodeYearInReview(JSON.parse(golden("year_in_review")));
const YEARS = decodePersonYears(JSON.parse(golden("years")));
type View = Parameters<typeof YearView>[0];
const AT = { ssrPath: "/year", ssrSearch: "tz=UTC" } as Parameters<typeof Router>[0];
const BEFORE = {
  year: 2025,
  plays: 26,
  totalHours: 2.5,
  daysWatched: 20,
  playsChange: -50,
  hoursChange: null,
};

function page(year: Partial<YearInReview> = {}, change: Partial<View> = {}): string {
  const view = createElement(YearView, {
    user: null,
    asked: 2026,
    years: { ...unanswered("y"), asking: false, value: YEARS },
    review: { ...unanswered("r"), asking: false, value: { ...YEAR, ...year } },
    share: () => null,
    shown: { zone: "UTC", whose: "own", own: "UTC" },
    example: null,
    token: null,
    accessSaid: false,
    onYear: () => undefined,
    onPerson: () => undefined,
    onZone: () => undefined,
    onRetry: () => undefined,
    ...change,
  });
  return renderToStaticMarkup(createElement(Router, AT, view));
}

function figure(html: string, name: string): string {
  return new RegExp(`data-figure="year\\.${name}".*?</div>`, "u").exec(html)?.[0] ?? "";
}

const lacking = (trouble: Trouble) => ({ ...unanswered<never>("r"), asking: false, trouble });

describe("the page of a year", () => {
  it("reads person and year from the address, the newest where it names none that there may be", () => {
    expect(yearAsked(new URLSearchParams("user=a%26b&year=2014"))).toEqual({ user: "a&b", year: 2014 });
    for (const year of ["", "14", "1999", "2100", "2014x"]) {
      expect(yearAsked(new URLSearchParams({ year })).year).toBeNull();
    }
  });

  it("shows totals, moments, spread and rankings", () => {
    const html = page();
    expect(html).toContain("<h1>2026 in review</h1>");
    expect(figure(html, "hours")).toContain('figure-value">1.35<');
    expect(figure(html, "plays")).toContain('figure-value">13<');
    expect(figure(html, "shows")).toContain('figure-value">1<');
    expect(html).toContain("<li>You played The Band most: 12 of 13 plays.</li>");
    expect(html).toContain("Plays of each month: most in September, 13 plays; 13 plays in all");
    expect(html).toContain('href="/content/song-0?tz=UTC"');
    expect(html).toContain("Rated highest");
    expect(html.match(/role="img" aria-label="[^"]+"/gu)).toHaveLength(3);
    expect(html.match(/<table>/gu)).toHaveLength(3);
  });

  it("says one play where one is the most of a chart", () => {
    const trends = { ...YEAR.viewingTrends, playsByWeekday: [1, 0, 0, 0, 0, 0, 0] };
    const html = page({ viewingTrends: trends });
    expect(html).toContain("<span>up to 1 play</span>");
    expect(html).toContain("most in Monday, 1 play; 13 plays in all");
    expect(html).not.toContain(">1 plays<");
  });

  it("gives equal numbers one rank, and says how many more there are", () => {
    const html = page();
    expect(html.match(/class="rank">1</gu)).toHaveLength(1 + 10 + 2);
    expect(html).toContain("3 more with 1 play each.");
  });

  it("says that a year is not over, and nothing of it once it is", () => {
    expect(page()).toContain(
      "So far: the year is not over, and these are its plays up to Sep 21, 2026, 12:00.",
    );
    expect(page({ complete: true })).not.toContain("So far");
    expect(soFar({ ...YEAR, complete: true }, "UTC")).toBe("");
  });

  it("invents nothing where little was played", () => {
    const none = { first: [], tied: 0 };
    const html = page({
      plays: 1,
      daysWatched: 1,
      memorableMoments: [],
      topArtists: none,
      topGenres: none,
      topRated: [],
      longestStreak: null,
      totalShowsWatched: 0,
      totalEpisodesWatched: 0,
    });
    expect(html).toContain("Too little was played for a story: 1 play on 1 day.");
    expect(html).toContain("No artist is known of what was played.");
    expect(html).toContain("No genre is known of what was played.");
    expect(html).toContain("No two days in a row.");
    expect(html).not.toContain("Rated highest");
    expect(html).not.toContain("Movies");
    expect(html).not.toContain("What has several genres");
  });

  it("says kindly that nothing was played, in that year or at all", async () => {
    const trouble = await troubleOf(
      new Response(JSON.stringify({ type: "urn:x:no-plays", detail: "so" }), { status: 404 }),
    );
    expect(trouble).toEqual({ kind: "nothing", message: "so" });
    const empty = page({}, { asked: 2011, review: lacking(trouble) });
    expect(empty).toContain("Nothing was played in 2011");
    expect(empty).toContain("Choose another year above.");
    expect(empty).toContain(">2026</button>");
    expect(empty).not.toContain('role="alert"');
    const unknown = page({}, { asked: 2011, review: lacking(trouble), years: unanswered("y") });
    expect(unknown).not.toContain("above");
    const nobody = { ...unanswered<typeof YEARS>("y"), asking: false, value: { ...YEARS, years: [] } };
    const first = page({}, { asked: null, years: nobody, review: { ...unanswered("r"), asking: false } });
    expect(first).toContain("The first play begins the first year.");
    expect(first).not.toContain("Asking history…");
  });

  it("asks whose year, and says what is wrong while old numbers stay", () => {
    const person: Trouble = { kind: "person", message: "" };
    const asking = page(
      {},
      { asked: null, years: lacking(person), review: { ...unanswered("r"), asking: false } },
    );
    expect(asking).toContain("Whose year do you want to see?");
    const away: Trouble = { kind: "away", message: "busy", retryMs: 5000 };
    const html = page({}, { years: { ...lacking(away), value: YEARS } });
    expect(html).toContain('data-stale="true"');
    expect(html).toContain("The numbers below are of 12:00:00.");
  });
});

describe("the words of a year", () => {
  it("name the busiest day, and share it fairly", () => {
    const on = (tied: string[]) => busiestWords({ date: "2014-06-06", plays: 178, tied });
    expect(on([])).toBe("Jun 6, 2014, with 178 plays");
    expect(on(["2014-06-07"])).toBe("Jun 6, Jun 7, with 178 plays each");
    expect(on(["a", "b", "c", "d"])).toBe("5 days with 178 plays each, none busier");
  });

  it("say how long the streak was, and what was new", () => {
    expect(streakWords(YEAR.longestStreak)).toBe("12 days, from Sep 7 to Sep 18");
    expect(streakWords(null)).toBe("No two days in a row");
    expect(firstWords(YEAR.firstTimes)).toContain("Nothing is known of any time before");
    const found = { artists: 1, titles: 2, favoriteArtist: "Anna", isFirstYear: false };
    expect(firstWords(found)).toBe(
      "1 artist and 2 titles never played before; of the new artists Anna was played most",
    );
    expect(firstWords({ ...found, favoriteArtist: null })).not.toContain("most");
  });

  it("compare with the year before, up to the same time where the year is not over", () => {
    expect(beforeWords({ ...YEAR, complete: false })).toBe("Nothing was played in 2025 up to the same time");
    expect(beforeWords({ ...YEAR, complete: true })).toBe("Nothing was played in 2025");
    const words = beforeWords({ ...YEAR, previousYear: BEFORE });
    expect(words).toBe("26 plays and 2.5 hours on 20 days in 2025 up to the same time");
    expect(beforeWords({ ...YEAR, previousYear: BEFORE, complete: true })).not.toContain("same time");
    expect([changeWords(800, 2025), changeWords(7153.51, 2025)]).toEqual(["+800% on 2025", "73 times 2025"]);
    expect([changeWords(-50, 2025), changeWords(null, 2025), changeWords(undefined, 2025)]).toEqual([
      "−50% on 2025",
      "",
      "",
    ]);
    expect(figure(page({ previousYear: BEFORE, playsWithoutDuration: 3 }), "plays")).toContain(
      "−50% on 2025 · 3 of unknown length",
    );
  });

  it("are silent of ties where there are none", () => {
    expect(tiedWords(YEAR.topArtists)).toBe("");
    expect(tiedWords({ first: [], tied: 0 })).toBe("");
  });
});

describe("the CSV of a year", () => {
  it("has every number of the page once", () => {
    const rows = yearCsv({ ...YEAR, previousYear: BEFORE }).split("\r\n");
    expect(rows).toContain("year,2026,plays,13");
    expect(rows).toContain("topArtists,band,plays,12");
    expect(rows).toContain("months,September,hours,1.35");
    expect(rows).toContain("weekdays,Monday,plays,3");
    expect(rows).toContain("clock,14,plays,12");
    expect(rows).toContain("topRated,pilot,rating,9");
    expect(rows).toContain("previousYear,2025,daysWatched,20");
    expect(new Set(rows.slice(0, -1)).size).toBe(rows.length - 1);
  });
});

describe("the card of a year", () => {
  it("is asked for by person, year, shape and zone", () => {
    expect(cardPath("a/b", 2014, "png", "portrait", "Asia/Kolkata")).toBe(
      "api/v1/people/a%2Fb/years/2014/card.png?size=portrait&tz=Asia%2FKolkata",
    );
  });

  it("stands between the moments and the months", () => {
    const html = page({}, { share: ({ year }) => `card of ${year}` });
    expect(html).toMatch(/Worth remembering.*card of 2026.*By month/u);
  });
});

describe("the words of a link", () => {
  it("say when it was made, whom it names and when it ends", () => {
    const link = { id: "x", url: "u", name: "", createdAt: "2026-09-21T12:00:00.000Z", expiresAt: null };
    expect(linkWords(link, "UTC")).toBe("Made Sep 21, 2026, 12:00, names nobody, never ends");
    const ending = { ...link, name: "Jörg", expiresAt: "2026-10-21T12:00:00.000Z" };
    expect(linkWords(ending, "UTC")).toContain("names Jörg, ends Oct 21, 2026, 12:00");
  });

  it("are sent with the zone, a bare name, and how long it is to last", async () => {
    const sent: [string, unknown][] = [];
    const ask = (url: string, init: RequestInit) => {
      sent.push([url, JSON.parse(String(init.body))]);
      return Promise.resolve(new Response(golden("year_link"), { status: 201 }));
    };
    const signal = new AbortController().signal;
    await makeLink("p", "Asia/Tokyo", " Jörg ", 0, null, signal, ask as typeof fetch);
    await makeLink("p", "UTC", "", 7, null, signal, ask as typeof fetch);
    expect(sent.map(([url]) => url.replace(/^.*\/p/u, ""))).toEqual([
      "/links?tz=Asia%2FTokyo",
      "/links?tz=UTC",
    ]);
    expect(sent.map(([, body]) => body)).toEqual([
      { name: "Jörg", lasts: null },
      { name: "", lasts: 7 },
    ]);
  });
});

describe("an answer without a body", () => {
  const signal = new AbortController().signal;

  it("is one, and a picture is taken as such", async () => {
    const answering = (answer: Response) => (() => Promise.resolve(answer)) as typeof fetch;
    const revoked = { path: "x", decode: () => null, method: "DELETE" as const };
    const none = new Response(null, { status: 204 });
    expect(await askServer(revoked, null, signal, answering(none))).toEqual({ value: null });
    const picture = { path: "x", decode: String, take: (answer: Response) => answer.text() };
    expect(await askServer(picture, null, signal, answering(new Response("<svg>")))).toEqual({
      value: "<svg>",
    });
  });
});
