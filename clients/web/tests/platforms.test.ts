import { describe, expect, it } from "vitest";
import {
  decodeAuthorization,
  decodeComparedPlatforms,
  decodeOnePlatform,
  decodePlatformConnections,
  decodePlatformsDashboard,
  decodeSynced,
} from "../src/index.ts";
import { golden } from "./golden.ts";

const read = (name: string) => JSON.parse(golden(name));

describe("numbers that other platforms measure", () => {
  it("are read as both test suites agree on, and what is not told is null", () => {
    const body = read("platforms_dashboard");
    const shown = decodePlatformsDashboard(body);
    expect(shown.totals).toEqual(body.totals);
    expect(shown.previous.views).toBeNull();
    expect(shown.trend).toHaveLength(30);
    expect(shown.platforms.map(({ platform, totals }) => [platform, totals.shares])).toEqual([
      ["youtube", null],
      ["twitter", 7],
    ]);
    expect(shown.topContent.map(({ title }) => title)).toEqual(["youtube:v2", "One", "A tweet"]);
  });

  it("are those of one platform, with what it alone tells", () => {
    const [account] = decodeOnePlatform(read("one_platform")).accounts;
    expect(account?.numbers.map(({ name, value, currency }) => [name, value, currency])).toEqual([
      ["followers", 110, null],
      ["revenue", 1.5, "EUR"],
    ]);
  });

  it("stand side by side", () => {
    const body = read("compared");
    expect(decodeComparedPlatforms(body).platforms.map(({ platform, totals }) => [platform, totals])).toEqual(
      body.platforms.map(({ numbers }: typeof body) => [numbers.platform, numbers.totals]),
    );
  });

  it("are refused where a member is not as promised", () => {
    const body = read("platforms_dashboard");
    expect(() => decodePlatformsDashboard({ ...body, totals: { ...body.totals, views: "many" } })).toThrow(
      'platforms.totals.views must be a number, found "many"',
    );
  });
});

describe("connections", () => {
  it("are read, with what became of the last look", () => {
    const { connections, platforms } = decodePlatformConnections(read("connections"));
    expect(connections.map(({ account, outcome, values }) => [account, outcome, values])).toEqual([
      ["UC1", "partly", 15],
    ]);
    expect(platforms).toEqual(["youtube"]);
    expect(decodeSynced(read("synced")).map(({ outcome, values }) => [outcome, values])).toEqual([
      ["done", 15],
    ]);
    expect(decodeAuthorization(read("authorization"))).toBe(read("authorization").url);
  });
});
