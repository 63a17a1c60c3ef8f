import { describe, expect, it } from "vitest";
import { applied, compareSeq, decode, decodeDefinitions, type Overview, WireError } from "../src/wire.ts";
import { golden, goldenNames } from "./golden.ts";

describe("decode", () => {
  it.each(goldenNames())("reads the golden message %s and loses nothing of it", (name) => {
    expect(decode(golden(name))).toEqual(JSON.parse(golden(name)));
  });

  it("finds a golden message of every kind the server sends", () => {
    const kinds = new Set(goldenNames().map((name) => decode(golden(name)).type));
    expect([...kinds].sort()).toEqual(["error", "pong", "resumed", "snapshot", "update"]);
  });

  it.each([
    ["not json", 'message must be JSON, found "not json"'],
    ["[]", "message must be an object, found []"],
    ['{"type":7}', "type must be text, found 7"],
    [overview({ activeUsers: "9" }), 'data.activeUsers must be a number, found "9"'],
    [overview({ perMinute: [{ at: 1 }] }), "data.perMinute[0].plays must be a number, found undefined"],
    [overview({ lastHour: { plays: null } }), "data.lastHour.plays must be a number, found null"],
    [
      '{"type":"snapshot","topic":"overview","epoch":"a","seq":"7","data":{}}',
      'seq must be two numbers such as "1763700000000-3", found "7"',
    ],
  ])("refuses %s and names the member", (text, error) => {
    expect(() => decode(text)).toThrow(WireError);
    expect(() => decode(text)).toThrow(error);
  });

  it("passes over types, topics and members of a newer server", () => {
    expect(decode('{"type":"weather"}')).toEqual({ type: "unknown", named: "message weather" });
    expect(decode(overview({ tomorrow: 1, activeUsers: 2 }))).toMatchObject({ data: { activeUsers: 2 } });
    expect(decode(overview({}).replace('"overview"', '"heatmap"'))).toEqual({
      type: "unknown",
      named: "topic heatmap",
    });
  });

  it("keeps null, which removes a member", () => {
    expect(decode(overview({ since: null }))).toMatchObject({ data: { since: null } });
  });

  it("names content without a title by its id", () => {
    const message = decode(overview({ playingNow: [{ contentId: "t1", listeners: 2 }] }));
    expect(message).toMatchObject({ data: { playingNow: [{ contentId: "t1", title: "t1", listeners: 2 }] } });
  });
});

describe("applied", () => {
  it("replaces whole members and removes those set to null", () => {
    const before: Partial<Overview> = { activeUsers: 1, since: 5, lastHour: { plays: 3, likes: 2 } };
    expect(applied<Overview>(before, { lastHour: { plays: 4 }, since: null })).toEqual({
      activeUsers: 1,
      lastHour: { plays: 4 },
    });
    expect(before.since).toBe(5);
  });
});

describe("compareSeq", () => {
  it("compares by number, first the ms, then the count", () => {
    expect(compareSeq("9-0", "10-0")).toBeLessThan(0);
    expect(compareSeq("10-9", "10-10")).toBeLessThan(0);
    expect(compareSeq("10-3", "10-3")).toBe(0);
  });
});

describe("decodeDefinitions", () => {
  it("reads names and sentences, bare or under a member", () => {
    expect(decodeDefinitions({ plays: "a sentence" })).toEqual({ plays: "a sentence" });
    expect(decodeDefinitions({ definitions: { plays: "a sentence" } })).toEqual({ plays: "a sentence" });
    expect(() => decodeDefinitions({ plays: 3 })).toThrow("definitions.plays must be text, found 3");
  });
});

function overview(data: unknown): string {
  return JSON.stringify({ type: "update", topic: "overview", epoch: "a", seq: "1-0", data });
}
