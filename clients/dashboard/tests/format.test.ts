import { describe, expect, it } from "vitest";
import { city, clock, percent, unitOf } from "../src/format.ts";

describe("clock", () => {
  it("shows the wall clock of the zone, with midnight as 00", () => {
    const at = Date.UTC(2025, 10, 21, 18, 15, 9);
    expect(clock(at, "UTC")).toBe("18:15");
    expect(clock(at, "Asia/Kathmandu", true)).toBe("00:00:09");
  });
});

describe("percent", () => {
  it("rounds half up and is a dash of nothing", () => {
    expect(percent(1, 8)).toBe("13%");
    expect(percent(1, 200)).toBe("1%");
    expect(percent(0, 5)).toBe("0%");
    expect(percent(0, 0)).toBe("–");
  });
});

describe("city", () => {
  it("is the last part of a zone, as people write it", () => {
    expect(city("America/Argentina/Buenos_Aires")).toBe("Buenos Aires");
    expect(city("UTC")).toBe("UTC");
  });
});

describe("a unit", () => {
  it("is that of one where there is one, as it is shown", () => {
    expect([0, 1, 2].map((count) => unitOf("plays", count))).toEqual(["plays", "play", "plays"]);
    expect(["1", "1.5"].map((text) => unitOf("hours", text))).toEqual(["hour", "hours"]);
  });
});
