import { decodeQuery, type QueryAnswer } from "@streakline/web";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Router } from "wouter";
import { golden } from "../../../web/tests/golden.ts";
import { Breakdowns, Range } from "../../src/content/Range.tsx";
import { askRange, PARTS, type RangeAnswer } from "../../src/content/range.ts";
import { beforeText, columnsOf, rangeRows, valueText } from "../../src/content/range_figures.ts";
import { contentQueryOf, contentViewOf } from "../../src/content/view.ts";

const GOLDEN = decodeQuery(JSON.parse(golden("query")), ["plays", "listeners"], ["content", "month"]);
const meta = { range: { from: "2026-09-01T00:00:00Z", to: "2026-09-03T12:00:00Z" }, partial: ["2026-09-01"] };
const body = (rows: readonly object[]) => ({
  rows,
  nextCursor: null,
  meta: { ...meta, asOf: "2026-09-03T12:00:00Z", approximate: {} },
});
const row = (day: string, plays: number, before: number, change: number | null) => ({
  day,
  start: `${day}T00:00:00Z`,
  plays,
  hours: plays / 8,
  compared: { plays: before, hours: before / 8 },
  change: { plays: change, hours: change },
});
const DAYS = [row("2026-09-01", 3, 4, -25), row("2026-09-02", 0, 0, null), row("2026-09-03", 5, 2, 150)];
const TOTAL = {
  plays: 8,
  hours: 1,
  compared: { plays: 6, hours: 0.75 },
  change: { plays: 33.33, hours: 33.33 },
};

/** A server that answers questions of some metrics and dimensions, and keeps what it was asked. */
function server(status = 200) {
  const asked: Record<string, unknown>[] = [];
  const ask = (_: string, init: RequestInit) => {
    const question = JSON.parse(String(init.body)) as { dimensions: string[] };
    asked.push(question);
    const [dimension] = question.dimensions;
    const rows =
      dimension === undefined ? [TOTAL] : dimension === "day" ? DAYS : [{ [dimension]: "<b>", plays: 8 }];
    const problem = { type: "urn:streakline:problem:scope-missing", detail: "it lacks read:admin" };
    return Promise.resolve(Response.json(status === 200 ? body(rows) : problem, { status }));
  };
  return { asked, ask: ask as typeof fetch };
}

const VIEW = contentViewOf(new URLSearchParams());

async function answer(): Promise<RangeAnswer> {
  const result = await askRange("a/b", VIEW, "UTC", "t", new AbortController().signal, server().ask);
  if (!("value" in result)) throw new Error(JSON.stringify(result));
  return result.value;
}

describe("the view in the address", () => {
  const view = (query: string) => contentViewOf(new URLSearchParams(query));

  it("is 30 days by day beside the time before, and takes nothing that it does not know", () => {
    const usual = { timeRange: "30d", bucket: "day", measure: "plays", compare: "previous" };
    expect(view("")).toEqual(usual);
    expect(view("timeRange=8d&bucket=minute&measure=likes&compare=me")).toEqual(usual);
  });

  it("has a bucket that fits the range, and compares all time with nothing", () => {
    expect(view("timeRange=24h&bucket=month").bucket).toBe("hour");
    expect(view("timeRange=90d&bucket=month").bucket).toBe("month");
    expect(view("timeRange=all&compare=previous").compare).toBe("none");
  });

  it("is written back without what is usual, and leaves the rest alone", () => {
    const query = contentQueryOf({ timeRange: "7d", bucket: "hour" }, new URLSearchParams("tz=UTC&x=1"));
    expect(query.toString()).toBe("tz=UTC&x=1&timeRange=7d&bucket=hour");
    expect(contentQueryOf({ timeRange: "30d", compare: "previous" }, query).toString()).toBe(
      "tz=UTC&x=1&bucket=hour",
    );
  });
});

describe("askRange", () => {
  it("asks for totals, chart and parts of one content, all of the moment of the first answer", async () => {
    const { asked, ask } = server();
    await askRange("a/b", VIEW, "Asia/Kolkata", "t", new AbortController().signal, ask);
    expect(asked.map((question) => question["dimensions"])).toEqual([
      [],
      ["day"],
      ...PARTS.map((name) => [name]),
    ]);
    expect(asked.slice(1).map((question) => question["asOf"])).toEqual(Array(4).fill("2026-09-03T12:00:00Z"));
    for (const question of asked) {
      expect(question["filters"]).toEqual([{ dimension: "content", operator: "is", values: ["a/b"] }]);
      expect(question["tz"]).toBe("Asia/Kolkata");
    }
    expect(asked.map((question) => question["compare"])).toEqual([
      "previous",
      "previous",
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("says that a link may not ask", async () => {
    const result = await askRange("a", VIEW, "UTC", null, new AbortController().signal, server(403).ask);
    expect(result).toMatchObject({ trouble: { kind: "access" } });
  });
});

describe("a content in a range", () => {
  it("has each number beside the one before", async () => {
    const { totals } = await answer();
    expect(beforeText(totals.rows[0], "plays")).toBe("before 6, +33%");
    expect(beforeText(totals.rows[0], "likes")).toBe("before –");
    expect(beforeText(GOLDEN.rows[0], "plays")).toBe("before 0");
    expect([valueText("hours", 1.239), valueText("plays", null), valueText("completionRate", 74.5)]).toEqual([
      "1.24",
      "–",
      "75%",
    ]);
  });

  it("draws every bucket, says which is cut and which still grows", async () => {
    const columns = columnsOf(await answer(), "plays", "UTC");
    expect(columns.map((column) => column.values)).toEqual([
      [3, 4],
      [0, 0],
      [5, 2],
    ]);
    expect(columns.map((column) => column.name)).toEqual(["Sep 1 (in part)", "Sep 2", "Sep 3"]);
    expect(columns.map((column) => column.running)).toEqual([false, false, true]);
    expect(columnsOf(await answer(), "hours", "UTC")[0]?.values).toEqual([0.375, 0.5]);
  });

  it("shows names as text, with the choices there are", async () => {
    const found = await answer();
    const AT = { ssrPath: "/content/a", ssrSearch: "" } as Parameters<typeof Router>[0];
    const range = createElement(Range, { view: VIEW, answer: found, zone: "UTC" });
    const html = renderToStaticMarkup(
      createElement(Router, AT, range, createElement(Breakdowns, { answer: found })),
    );
    expect(html).toContain("Last 30 days");
    expect(html).toContain("&lt;b&gt;");
    expect(html).toContain("100%");
    expect(html).toContain("Compare with");
    expect(html).toMatch(/aria-pressed="true">30d</u);
  });

  it("is all in the CSV", async () => {
    const rows = rangeRows(await answer());
    expect(rows).toContainEqual(["30d", "2026-09-01T00:00:00Z/2026-09-03T12:00:00Z", "plays", 8]);
    expect(rows).toContainEqual(["day", "2026-09-03", "hours", 0.625]);
    expect(rows).toContainEqual(["day previous", "2026-09-01", "plays", 4]);
    expect(rows).toContainEqual(["country", "<b>", "plays", 8]);
  });

  it("reads what the server has promised", () => {
    const answered: QueryAnswer = GOLDEN;
    expect(answered.rows[1]).toMatchObject({
      at: { content: "song", month: "2026-09" },
      values: { plays: 2, listeners: 3 },
    });
    expect(answered.partial).toEqual(["2026-09"]);
  });
});
