import { describe, expect, it } from "vitest";
import { backoff } from "../src/live.ts";

describe("backoff", () => {
  it("stays between a fifth of the first delay and the longest", () => {
    const limits = { minDelay: 500, maxDelay: 20_000 };
    expect(backoff(0, { ...limits, random: () => 0 })).toBe(100);
    expect(backoff(60, { ...limits, random: () => 0.999 })).toBeLessThan(20_000);
  });
});
