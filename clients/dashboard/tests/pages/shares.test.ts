import { decodeShareStats, type ShareStats } from "@streakline/web";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Router } from "wouter";
import { golden } from "../../../web/tests/golden.ts";
import type { Trouble } from "../../src/ask.ts";
import { csvText } from "../../src/csv.ts";
import { beginsWithin, daysOf, sharesCsv } from "../../src/shares/figures.ts";
import { SharesView } from "../../src/shares/SharesView.tsx";
import { type AnswerState, answered, unanswered } from "../../src/use_answer.ts";

const STATS = decodeShareStats(JSON.parse(golden("share_stats")));
const AWAY: Trouble = { kind: "away", message: "history does not answer", retryMs: 3000 };
const AT = { ssrPath: "/shares", ssrSearch: "tz=UTC" } as Parameters<typeof Router>[0];

function page(state: Partial<AnswerState<ShareStats>>, accessSaid = false): string {
  const view = createElement(SharesView, {
    state: { ...unanswered<ShareStats>("shares 7"), asking: false, ...state },
    days: 7,
    zone: "UTC",
    token: null,
    accessSaid,
    onDays: () => undefined,
    onRetry: () => undefined,
  });
  return renderToStaticMarkup(createElement(Router, AT, view));
}

describe("the page of shares", () => {
  it("reads its days from the address, 30 where they are none of those there are", () => {
    expect(["days=7", "days=90", "", "days=8", "days=x"].map((q) => daysOf(new URLSearchParams(q)))).toEqual([
      7, 90, 30, 30, 30,
    ]);
  });

  it("says that it asks", () => {
    expect(page({ asking: true })).toContain("Asking history…");
  });

  it("shows total, days, platforms and apps with the way to each", () => {
    const html = page({ value: STATS });
    expect(html).toMatch(/data-figure="shares\.total"><span class="figure-value">3</u);
    expect(html).toContain('href="/content/chess?tz=UTC"');
    expect(html).toContain("67%");
    expect(html).toContain("33%");
    expect(html).not.toContain("is not whole");
    expect(page({ value: { ...STATS, asOf: "2026-11-28T12:30:00.000Z" } })).toContain(
      "is not whole: the range begins on it at 12:30 UTC",
    );
  });

  it("says that nothing was shared", () => {
    const none = { ...STATS, totalShares: 0, mostSharedApps: [], platformStats: {} };
    const html = page({ value: none });
    expect(html).toContain("No app was shared in these days.");
    expect(html).toContain("No platforms in these days.");
  });

  it("names what lacks: access, history, or what it cannot read", () => {
    const failure = { type: "error", code: "forbidden", message: "it lacks read:admin" } as const;
    expect(page({ trouble: { kind: "access", failure } })).toContain("it lacks read:admin");
    expect(page({ trouble: { kind: "access", failure } }, true)).not.toContain("it lacks read:admin");
    expect(page({ trouble: { kind: "failed", message: "shares.asOf must be text" } })).toContain(
      "shares.asOf",
    );
    const html = page({ value: STATS, trouble: AWAY });
    expect(html).toContain('data-stale="true"');
    expect(html).toContain("The numbers below are of 00:00:00.");
  });
});

describe("what is known of an answer", () => {
  const shown = answered(unanswered<string>("a"), "a", { value: "numbers" });

  it("keeps the numbers of the same question while history is away, and of no other", () => {
    expect(answered(shown, "a", { trouble: AWAY })).toMatchObject({ value: "numbers", trouble: AWAY });
    expect(answered(shown, "b", { trouble: AWAY })).toMatchObject({ value: null });
    expect(answered(shown, "a", { trouble: { kind: "failed", message: "" } })).toMatchObject({ value: null });
  });
});

describe("the CSV", () => {
  it("has every number of the page once", () => {
    expect(sharesCsv(STATS).split("\r\n")).toEqual([
      "part,id,name,shares",
      "total,,Last 7 days,3",
      "day,2026-11-27,,3",
      "platform,mail,,2",
      "platform,unknown,,1",
      "app,chess,Chess,2",
      "",
    ]);
    expect([beginsWithin(STATS.asOf), beginsWithin("2026-11-28T00:00:00.001Z")]).toEqual([false, true]);
  });

  it("quotes what would break it and disarms what a spreadsheet would run", () => {
    const text = csvText([["a,b", 'say "x"', "line\nbreak", "=HYPERLINK(1)", "@x", -1, null]]);
    expect(text).toBe('"a,b","say ""x""","line\nbreak",\'=HYPERLINK(1),\'@x,-1,\r\n');
  });
});
