import { type ContentAnalytics, decodeContentAnalytics } from "@streakline/web";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Router } from "wouter";
import { golden } from "../../../web/tests/golden.ts";
import { askServer, type Trouble } from "../../src/ask.ts";
import { ContentView } from "../../src/content/ContentView.tsx";
import { csvOf, length, sumOf, wholeDay } from "../../src/content/figures.ts";
import { analyticsPath, idIn, pathOf } from "../../src/content/path.ts";
import type { RangeAnswer } from "../../src/content/range.ts";
import { contentViewOf } from "../../src/content/view.ts";
import { type AnswerState, answered, asked, unanswered } from "../../src/use_answer.ts";

const SONG = decodeContentAnalytics(JSON.parse(golden("mashup_analytics")));
const AWAY: Trouble = { kind: "away", message: "history does not answer", retryMs: 3000 };
const UNKNOWN: Trouble = { kind: "unknown", message: "history knows no content 'song'" };

describe("the address of a content", () => {
  it.each(["song", "a/b", "100%", "a%2Fb", "Mr. Brightside?", "#1", "日本 🎵", "a b&c=d"])(
    "gives the id '%s' back, under any prefix",
    (id) => {
      for (const prefix of ["", "/live/here"]) {
        const { pathname } = new URL(`${prefix}${pathOf(id)}`, "https://example.org");
        expect(idIn(pathname, prefix)).toBe(id);
      }
    },
  );

  it("is none for ids that a browser would take for folders", () => {
    expect(["", ".", ".."].map(pathOf)).toEqual([null, null, null]);
  });

  it("is read as it stands where it is not encoded as ours are, and is no other page's", () => {
    expect(idIn("/content/100%", "")).toBe("100%");
    expect(idIn("/content/a/b", "")).toBe("a/b");
    expect(idIn("/content/", "")).toBeNull();
    expect(idIn("/elsewhere/song", "")).toBeNull();
  });
});

describe("a question about a content", () => {
  const signal = new AbortController().signal;
  const answering = (answer: () => Promise<Response>, token: string | null = null) => {
    const asked: { url: string; headers: Headers }[] = [];
    const ask = (url: string, init: RequestInit) => {
      asked.push({ url, headers: new Headers(init.headers) });
      return answer();
    };
    const question = { path: analyticsPath("a/b", "Asia/Kolkata"), decode: decodeContentAnalytics };
    return { asked, result: askServer(question, token, signal, ask as typeof fetch) };
  };
  const problem = (status: number, code: string, headers: HeadersInit = {}) =>
    Promise.resolve(
      Response.json({ type: `urn:streakline:problem:${code}`, detail: "why" }, { status, headers }),
    );

  it("asks for the encoded id in the zone with the tab's token", async () => {
    const { asked, result } = answering(() => Promise.resolve(Response.json(SONG)), "t0ken");
    expect(await result).toEqual({ value: SONG });
    expect(asked[0]?.url).toMatch(/\/api\/analytics\/mashups\/a%2Fb\?tz=Asia%2FKolkata$/u);
    expect(asked[0]?.headers.get("authorization")).toBe("Bearer t0ken");
  });

  it.each([
    [404, "content-unknown", { kind: "unknown", message: "why" }],
    [404, "not-found", { kind: "failed", message: "why" }],
    [400, "tz", { kind: "failed", message: "why" }],
    [401, "token-missing", { kind: "access", failure: { type: "error", code: "forbidden", message: "why" } }],
    [
      401,
      "token-invalid",
      { kind: "access", failure: { type: "error", code: "token-invalid", message: "why" } },
    ],
    [403, "scope-missing", { kind: "access", failure: { type: "error", code: "forbidden", message: "why" } }],
  ])("reads the refusal %i %s", async (status, code, trouble) => {
    expect(await answering(() => problem(status, code)).result).toEqual({ trouble });
  });

  it("comes back when a history that is away says so, else after five seconds, never after hours", async () => {
    const after = async (headers: HeadersInit) => {
      const result = await answering(() => problem(503, "history-away", headers)).result;
      return "trouble" in result && result.trouble.kind === "away" ? result.trouble.retryMs : null;
    };
    expect(await after({ "retry-after": "2" })).toBe(2000);
    expect(await after({})).toBe(5000);
    expect(await after({ "retry-after": "86400" })).toBe(60_000);
  });

  it("takes no answer and a proxy's words for a server that is away", async () => {
    const none = await answering(() => Promise.reject(new TypeError("failed to fetch"))).result;
    expect(none).toMatchObject({ trouble: { kind: "away", message: "The server does not answer." } });
    const proxy = await answering(() => Promise.resolve(new Response("<html>", { status: 502 }))).result;
    expect(proxy).toMatchObject({ trouble: { kind: "away", message: "The server answered 502." } });
  });

  it("says which member of an answer is not as promised", async () => {
    const result = await answering(() => Promise.resolve(Response.json({ ...SONG, daily: 3 }))).result;
    expect(result).toMatchObject({
      trouble: { kind: "failed", message: expect.stringContaining("analytics.daily") },
    });
  });
});

describe("what is known of an answer", () => {
  const shown = answered(unanswered<ContentAnalytics>("song"), "song", { value: SONG });

  it("keeps the numbers while newer ones are asked for and while history is away", () => {
    const again = asked(shown, "song", false);
    expect(again).toMatchObject({ value: SONG, asking: true });
    const away = answered(again, "song", { trouble: AWAY });
    expect(away).toEqual({ key: "song", value: SONG, asking: false, trouble: AWAY });
    expect(answered(away, "song", { value: SONG })).toEqual(shown);
  });

  it("drops them when there is no such content, and when another is asked for that may not keep them", () => {
    expect(answered(shown, "song", { trouble: UNKNOWN })).toMatchObject({ value: null, trouble: UNKNOWN });
    expect(asked(shown, "other", false)).toEqual(unanswered("other"));
    expect(asked(shown, "song in another zone", true)).toMatchObject({ value: SONG, asking: true });
  });
});

const CLOSED = { type: "error", code: "forbidden", message: "it lacks read:admin" } as const;

/** Where a page is drawn for a test; its children come as arguments. */
const AT = { ssrPath: "/content/song", ssrSearch: "tz=UTC" } as Parameters<typeof Router>[0];

describe("the page of a content", () => {
  const view = (state: Partial<AnswerState<ContentAnalytics>>, accessSaid: boolean) =>
    createElement(ContentView, {
      id: "song",
      state: { ...unanswered<ContentAnalytics>("song"), asking: false, ...state },
      view: contentViewOf(new URLSearchParams()),
      range: {
        ...unanswered<RangeAnswer>("song"),
        asking: false,
        trouble: { kind: "access", failure: CLOSED },
      },
      zone: "UTC",
      token: null,
      accessSaid,
      onRetry: () => undefined,
    });
  const page = (state: Partial<AnswerState<ContentAnalytics>>, accessSaid = false) =>
    renderToStaticMarkup(createElement(Router, AT, view(state, accessSaid)));
  const without = (change: Partial<ContentAnalytics>): ContentAnalytics => ({ ...SONG, ...change });

  it("says that it asks, and leads back with the zone", () => {
    const html = page({ asking: true });
    expect(html).toContain('aria-busy="true"');
    expect(html).toContain("Asking history…");
    expect(html).toContain('href="/?tz=UTC"');
  });

  it("shows the numbers of the answer, each chart with a sentence and a table", () => {
    const html = page({ value: SONG });
    expect(html).toMatch(/<h1[^>]*>A Song<\/h1>/u);
    expect(html).toContain("First event");
    expect(html).toMatch(/data-figure="content\.avgWatchTime".*?>2:47</u);
    expect(html).toMatch(/data-figure="content\.completionRate".*?>75%</u);
    expect(html).toContain("Busiest 12:00, 3 plays");
    expect(html.match(/<table>/gu)).toHaveLength(3);
    expect(html.match(/role="img" aria-label="[^"]+"/gu)).toHaveLength(3);
  });

  it("shows zeros, not gaps, where nothing was played", () => {
    const daily = SONG.daily.map((day) => ({ ...day, plays: 0, likes: 0 }));
    const retention = { avgWatchTime: null, completionRate: null, dropOffPoints: [] };
    const html = page({ value: without({ daily, peakTimes: [], retention }) });
    expect(html).toContain("0 plays · 0 likes");
    expect(html).toContain("No plays in these days.");
    expect(html).toContain("No plays yet");
    expect(html).toContain("No play tells where it stopped.");
  });

  it("says that history knows no such content, with the way back", () => {
    const html = page({ trouble: UNKNOWN });
    expect(html).toContain("history knows no content");
    expect(html).toContain("Back to Live");
  });

  it("says what opens it to a reader without access, once", () => {
    const failure = { type: "error", code: "forbidden", message: "no token" } as const;
    const trouble: Trouble = { kind: "access", failure };
    expect(page({ trouble })).toContain("These numbers need a link with a token.");
    expect(page({ trouble }, true)).not.toContain("These numbers need a link with a token.");
  });

  it("keeps old numbers with their age while history is away, and says when it asks again", () => {
    const html = page({ value: SONG, trouble: AWAY });
    expect(html).toContain('data-stale="true"');
    expect(html).toContain("The numbers below are of 12:00:00.");
    expect(html).toContain("Asking again every 3 s.");
  });
});

describe("the figures of a content", () => {
  it("are all 24 hours, the sum of the days, and lengths as players show them", () => {
    const day = wholeDay([{ hour: 12, plays: 3 }]);
    expect(day.map((hour) => hour.hour)).toEqual([...Array(24).keys()]);
    expect(day.filter((hour) => hour.plays > 0)).toEqual([{ hour: 12, plays: 3 }]);
    expect(sumOf([...SONG.daily, ...SONG.daily])).toEqual({ plays: 2, likes: 0 });
    expect([30, 167, 3600].map(length)).toEqual(["0:30", "2:47", "1:00:00"]);
  });

  it("are one number a row in a CSV, and nothing where none is known", () => {
    const rows = csvOf({ ...SONG, retention: { ...SONG.retention, avgWatchTime: null } }).split("\r\n");
    expect(rows[0]).toBe("part,at,measure,value");
    expect(rows).toContain("lifetime,,plays,3");
    expect(rows).toContain("retention,,avgWatchTime,");
    expect(rows).toContain("dropOff,30,percentage,25");
    expect(rows).toContain("daily,2026-09-22,plays,1");
    expect(rows).toContain("hours,12,plays,3");
    expect(rows).toContain("hours,13,plays,0");
  });
});
