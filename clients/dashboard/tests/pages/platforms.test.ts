import {
  decodeComparedPlatforms,
  decodeOnePlatform,
  decodePlatformConnections,
  decodePlatformsDashboard,
  decodeSynced,
  type Measurement,
} from "@streakline/web";
import { createElement, type ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Router } from "wouter";
import { golden } from "../../../web/tests/golden.ts";
import { Accounts } from "../../src/platforms/Accounts.tsx";
import { Compare } from "../../src/platforms/Compare.tsx";
import { Connections } from "../../src/platforms/Connections.tsx";
import { authorize, remove, stateWords, sync, syncedWords } from "../../src/platforms/connections.ts";
import {
  caveats,
  columnsOf,
  comparedCsv,
  goesOn,
  platformsCsv,
  postText,
} from "../../src/platforms/figures.ts";
import { PlatformsView } from "../../src/platforms/PlatformsView.tsx";
import { Audience, Platforms, TopPosts, Totals, Trend, ViewsAre } from "../../src/platforms/Sections.tsx";
import { measuredPath, platformName, platformsAsked } from "../../src/platforms/view.ts";
import { type AnswerState, unanswered } from "../../src/use_answer.ts";

const SHOWN = decodePlatformsDashboard(JSON.parse(golden("platforms_dashboard")));
const ONE = decodeOnePlatform(JSON.parse(golden("one_platform")));
const AT = { ssrPath: "/platforms", ssrSearch: "user=ann" } as Parameters<typeof Router>[0];
const asked = (query = "") => platformsAsked(new URLSearchParams(query));

function drawn(...parts: ReactNode[]): string {
  return renderToStaticMarkup(createElement(Router, AT, ...parts));
}

function page(state: Partial<AnswerState<Measurement>>, query = ""): string {
  return drawn(
    createElement(PlatformsView, {
      asked: asked(query),
      state: { ...unanswered<Measurement>(""), asking: false, ...state },
      csv: null,
      example: "somebody",
      token: null,
      accessSaid: false,
      onChange: () => undefined,
      onRetry: () => undefined,
    }),
  );
}

describe("the page of the platforms", () => {
  it("reads from the address what is shown; what is asked wrongly is the default", () => {
    expect(asked("platform=myspace&show=x&timeRange=1y&measure=x&tz=Nowhere")).toEqual(asked());
    expect(asked("show=compare&timeRange=7d&user=ann")).toMatchObject({ part: "compare", range: "7d" });
    expect(measuredPath("dashboard", asked())).toBe("api/v1/analytics/dashboard");
    expect(measuredPath("dashboard", asked("timeRange=7d&tz=Asia/Tokyo&user=ann"))).toBe(
      "api/v1/analytics/dashboard?timeRange=7d&tz=Asia%2FTokyo&user=ann",
    );
  });

  it("says that it asks, that history is away, and asks whose numbers are meant", () => {
    expect(page({ asking: true })).toContain("Asking history…");
    const away = { kind: "away", message: "history does not answer", retryMs: 3000 } as const;
    const html = page({ value: SHOWN, trouble: away });
    expect(html).toContain('data-stale="true"');
    expect(html).toContain("The numbers below are of 13:00:00.");
    const nobody = page({ trouble: { kind: "person", message: "" } });
    expect(nobody).toContain("Whose numbers do you want to see?");
    expect(nobody).toContain("Show somebody, who is made up");
  });

  it("shows what stands, what was gained, and tells corrections and gaps", () => {
    const html = drawn(createElement(Totals, { shown: SHOWN }));
    expect(html).toContain(
      '<span class="figure-value">1,160</span><span class="figure-before">+110 in these days',
    );
    expect(html).toContain('<span class="figure-value">7.65%</span>');
    expect(html).toContain('<span class="figure-value">+10%</span>');
    // no post has ten others to be scored against
    expect(html).toMatch(/Score.*<span class="figure-value">–<\/span>/u);
    expect(html).toContain("Taken back by a platform: 10 views.");
    expect(html).toContain("1 gap: days on which nobody observed a post.");
    expect(caveats({ ...SHOWN.totals, viewsCorrected: 0, gaps: 0 })).toEqual([]);
  });

  it("leaves a day that nothing tells empty, which is not 0", () => {
    const columns = columnsOf(SHOWN.trend, "views", goesOn(SHOWN));
    expect(columns).toHaveLength(30);
    expect(columns[0]?.values).toEqual([null]);
    expect(columns.at(-1)).toMatchObject({ running: true });
    const html = drawn(
      createElement(Trend, { shown: SHOWN, measure: "views", onMeasure: () => undefined }),
      createElement(Audience, { shown: SHOWN }),
    );
    expect(html).toContain("data-none");
    expect(html).toContain("<td>–</td>");
    expect(html).toContain("Followers at the end of each day, 110 at the last.");
  });

  it("leads to each platform and to the posts that the catalogue knows", () => {
    const html = drawn(
      createElement(Platforms, { shown: SHOWN }),
      createElement(TopPosts, { posts: SHOWN.topContent }),
      createElement(ViewsAre, { words: SHOWN.viewsAre }),
    );
    expect(html).toContain('href="/platforms?user=ann&amp;platform=youtube"');
    expect(html).toContain("94%");
    expect(html).toContain('href="/content/youtube%3Av1?user=ann"');
    expect(html).not.toContain('href="/content/youtube%3Av2');
    expect(html).toContain("A sum over platforms adds up different things");
    expect(SHOWN.topContent.map(postText)[2]).toBe("Twitter · engagement 7 (10% of views)");
  });

  it("shows every number of one platform's accounts, money with its currency", () => {
    const html = drawn(createElement(Accounts, { accounts: ONE.accounts, zone: "UTC" }));
    expect(html).toContain("1.5 EUR");
    expect(page({ value: ONE }, "platform=youtube")).toContain("All platforms");
  });

  it("gives everything as CSV, with nothing where nothing is told", () => {
    const rows = platformsCsv(SHOWN).split("\r\n");
    expect(rows).toContain("total,,views,1160");
    expect(rows).toContain("platform,youtube,shares,");
    expect(rows).toContain("day,2026-08-23,views,");
    expect(rows).toContain("day,2026-09-21,viewsCorrected,-10");
    expect(platformsCsv(ONE)).toContain("account,UC1,revenue EUR,1.5");
  });
});

describe("platforms side by side", () => {
  it("have the same numbers each, and each what it calls a view", () => {
    const shown = decodeComparedPlatforms(JSON.parse(golden("compared")));
    const html = drawn(createElement(Compare, { shown, measure: "views", onMeasure: () => undefined }));
    for (const { viewIs, totals } of shown.platforms) {
      expect(html).toContain(viewIs);
      expect(html).toContain(`<span class="parts-value">${totals.views?.toLocaleString("en")}</span>`);
    }
    expect(comparedCsv(shown.platforms)).toContain("platform,youtube,views,1090");
    const none = { ...shown, platforms: [] };
    expect(
      drawn(createElement(Compare, { shown: none, measure: "views", onMeasure: () => undefined })),
    ).toContain("No platform tells anything yet.");
  });
});

describe("the connections of a person", () => {
  it("names each way to connect as people write it, and one that it does not know by its own name", () => {
    const ways = ["youtube", "tiktok-business", "orkut"];
    expect(ways.map(platformName)).toEqual(["YouTube", "TikTok for business", "orkut"]);
  });

  const known = decodePlatformConnections(JSON.parse(golden("connections")));
  const [one] = known.connections;
  const shown = (some: typeof known) =>
    drawn(
      createElement(Connections, {
        asked: asked(),
        known: some,
        zone: "UTC",
        token: null,
        onChanged: () => undefined,
      }),
    );

  it("are listed with what became of the last look, in words", () => {
    const html = shown(known);
    expect(html).toContain("a part came · revenue report: Forbidden");
    expect(html).toContain("Connect YouTube");
    expect(html).toContain("Look at Ann&#x27;s channel now");
    if (one === undefined) throw new Error("the golden answer has a connection");
    const lost = { ...one, state: "lost", outcome: "failed", next: null };
    expect(stateWords(lost, "UTC")).toContain("the platform lets us in no more; connect it again");
    expect(shown({ connections: [lost], platforms: ["youtube"] })).not.toContain("Look now");
    expect(shown({ connections: [], platforms: [] })).toContain(
      "This server is no application of any platform.",
    );
  });

  it("are asked for by the paths of the API, and the server's words are kept", async () => {
    const sent: string[] = [];
    const answering =
      (status: number, body: unknown): typeof fetch =>
      async (path, init) => {
        sent.push(`${init?.method} ${String(path).replace(/^.*(?=api)/u, "")}`);
        return new Response(body === null ? null : JSON.stringify(body), { status });
      };
    const { signal } = new AbortController();
    const whose = { user: "ann" };
    const url = JSON.parse(golden("authorization"));
    expect(await authorize(whose, "youtube", null, signal, answering(201, url))).toEqual({ value: url.url });
    const synced = JSON.parse(golden("synced"));
    expect(await sync(whose, "k1", null, signal, answering(200, synced))).toMatchObject({
      value: [{ outcome: "done" }],
    });
    expect(await remove({ user: null }, "k1", null, signal, answering(204, null))).toEqual({ value: null });
    const failed = { type: "urn:streakline:problem:sync-failed", detail: "connect the account again" };
    expect(await sync(whose, null, null, signal, answering(500, failed))).toEqual({
      trouble: { kind: "failed", message: "connect the account again" },
    });
    expect(sent).toEqual([
      "POST api/v1/analytics/connections/youtube/authorize?user=ann",
      "POST api/v1/analytics/sync?wait=20&connection=k1&user=ann",
      "DELETE api/v1/analytics/connections/k1",
      "POST api/v1/analytics/sync?wait=20&user=ann",
    ]);
    expect(syncedWords(decodeSynced(synced))).toBe("YouTube UC1: everything came, 15 new numbers.");
    expect(syncedWords([])).toBe("There is no account to look at.");
  });
});
