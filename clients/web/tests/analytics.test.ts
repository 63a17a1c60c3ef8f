import { describe, expect, it } from "vitest";
import { decodeContentAnalytics, WireError } from "../src/index.ts";
import { golden } from "./golden.ts";

describe("decodeContentAnalytics", () => {
  it("reads the answer both test suites agree on, whole", () => {
    const body: unknown = JSON.parse(golden("mashup_analytics"));
    expect(decodeContentAnalytics(body)).toEqual(body);
  });

  it("keeps null where no play tells", () => {
    const body = JSON.parse(golden("mashup_analytics"));
    body.retention = { avgWatchTime: null, completionRate: null, dropOffPoints: [] };
    expect(decodeContentAnalytics(body).retention).toEqual(body.retention);
  });

  it("names the member that is not as promised", () => {
    const body = JSON.parse(golden("mashup_analytics"));
    body.daily[0].plays = "1";
    expect(() => decodeContentAnalytics(body)).toThrow(WireError);
    expect(() => decodeContentAnalytics(body)).toThrow(
      'analytics.daily[0].plays must be a number, found "1"',
    );
  });
});
