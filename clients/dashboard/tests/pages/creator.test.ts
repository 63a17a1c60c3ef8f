import { decodeArtistStats, decodeCreatorDays } from "@streakline/web";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Router } from "wouter";
import { golden } from "../../../web/tests/golden.ts";
import { type Trouble, troubleOf } from "../../src/ask.ts";
import { CreatorView } from "../../src/creator/CreatorView.tsx";
import {
  change,
  creatorAsked,
  creatorCsv,
  creatorQuery,
  followedOf,
  spansOf,
} from "../../src/creator/figures.ts";
import { unanswered } from "../../src/use_answer.ts";

const STATS = decodeArtistStats(JSON.parse(golden("dashboard_stats")));
const DAYS = decodeCreatorDays(JSON.parse(golden("dashboard")));
type View = Parameters<typeof CreatorView>[0];
const AT = { ssrPath: "/creator", ssrSearch: "tz=UTC" } as Parameters<typeof Router>[0];

function page(trouble: Trouble | null, artist: string | null = null, change: Partial<View> = {}): string {
  const view = createElement(CreatorView, {
    asked: { artist, timeRange: "30d" },
    stats: { ...unanswered<typeof STATS>("s"), asking: false, value: trouble ? null : STATS, trouble },
    days: { ...unanswered<typeof DAYS>("d"), asking: false, value: trouble ? null : DAYS },
    now: null,
    zone: "UTC",
    token: null,
    accessSaid: false,
    onRange: () => undefined,
    onCreator: () => undefined,
    onRetry: () => undefined,
    ...change,
  });
  return renderToStaticMarkup(createElement(Router, AT, view));
}

function days(count: number, first = "2026-01-01") {
  return Array.from({ length: count }, (_, at) => ({
    date: new Date(Date.parse(first) + at * 86_400_000).toISOString().slice(0, 10),
    plays: at + 1,
    likes: 1,
  }));
}

describe("the page of a creator", () => {
  it("reads time and creator from the address, 30 days where it asks for none there is", () => {
    expect(creatorAsked(new URLSearchParams("timeRange=1y&artist=a%26b"))).toEqual({
      artist: "a&b",
      timeRange: "1y",
    });
    expect(creatorAsked(new URLSearchParams("timeRange=8d&artist="))).toEqual({
      artist: null,
      timeRange: "30d",
    });
    expect(creatorQuery({ artist: "a&b", timeRange: "7d" }, "Asia/Kolkata")).toBe(
      "timeRange=7d&tz=Asia%2FKolkata&artist=a%26b",
    );
  });

  it("says of which contents the live numbers are where they are not of all", () => {
    expect(followedOf({ followed: 101, total: 101 })).toBe("");
    expect(followedOf({ followed: 500, total: 1234 })).toBe(
      "Of 1,234 contents, the 500 with the most plays.",
    );
  });

  it("shows name, numbers beside those before, tracks with the way to each, and what happened last", () => {
    const html = page(null);
    expect(html).toContain("<h1>The Band</h1>");
    expect(html).toMatch(/data-figure="creator\.plays">.*?figure-value">3<.*?1 before, \+200%/u);
    expect(html).toContain('href="/content/song?tz=UTC"');
    expect(html).toContain("33.33%");
    expect(html).toContain("Sep 21, 2026, 11:59");
    expect(html).not.toContain("Id of the creator");
  });

  it("asks for the creator where the link is not for one alone, and lets another be chosen", () => {
    expect(page({ kind: "creator", message: "" })).toContain("This link is not for one creator alone.");
    expect(page(null, "band")).toContain('value="band"');
  });

  it("tells of days that lack, and marks those that stay", () => {
    const trouble: Trouble = { kind: "away", message: "busy", retryMs: 5000 };
    for (const value of [null, DAYS]) {
      const html = page(null, null, { days: { key: "d", value, asking: false, trouble } });
      expect(html).toContain("History does not answer now.");
      expect(html).toContain('data-stale="true"');
    }
  });

  it("knows what a refusal asks for", async () => {
    const refused = (status: number, code: string) =>
      troubleOf(new Response(JSON.stringify({ type: `urn:x:${code}`, detail: "so" }), { status }));
    expect(await refused(400, "artist")).toEqual({ kind: "creator", message: "so" });
    expect(await refused(403, "owner")).toMatchObject({ kind: "access", failure: { code: "forbidden" } });
  });
});

describe("the columns", () => {
  it("are days, of more than a quarter weeks from Monday on, of more than a year months", () => {
    expect(spansOf(days(92)).spans).toHaveLength(92);
    const weeks = spansOf(days(93));
    expect(weeks.heading).toBe("Week");
    // the first of January 2026 was a Thursday
    expect(weeks.spans.slice(0, 2).map(({ date, plays, likes }) => [date, plays, likes])).toEqual([
      ["2025-12-29", 1 + 2 + 3 + 4, 4],
      ["2026-01-05", 5 + 6 + 7 + 8 + 9 + 10 + 11, 7],
    ]);
    const months = spansOf(days(400));
    expect(months.heading).toBe("Month");
    expect(months.spans.map(({ date }) => date.slice(0, 7)).slice(0, 3)).toEqual([
      "2026-01",
      "2026-02",
      "2026-03",
    ]);
    for (const { spans } of [weeks, months]) {
      const total = spans.reduce((sum, span) => sum + span.plays, 0);
      expect([(93 * 94) / 2, (400 * 401) / 2]).toContain(total);
    }
  });
});

describe("a change and the CSV", () => {
  it("has a sign, and a dash where there is none", () => {
    expect([42.42, -3, 0, null].map(change)).toEqual(["+42.42%", "−3%", "0%", "–"]);
  });

  it("has every number of the page once", () => {
    const rows = creatorCsv(STATS, DAYS).split("\r\n");
    expect(rows).toContain("overview,,totalPlays,3");
    expect(rows).toContain("topTracks,song,plays,2");
    expect(rows).toContain("engagement,,likeRate,33.33");
    expect(rows).toContain("growth,,previousPlays,1");
    expect(rows).toContain("submissions,,pending,0");
    expect(new Set(rows.slice(0, -1)).size).toBe(rows.length - 1);
    expect(creatorCsv(STATS, null)).not.toContain("days,");
  });
});
