import { describe, expect, it } from "vitest";
import { queryOf, viewOf, withMember } from "../src/address.ts";

const HOME = "Europe/Berlin";

describe("the view in the address", () => {
  it("is read from the query", () => {
    const query = new URLSearchParams("tz=Asia/Kathmandu&range=15");
    expect(viewOf(query, HOME)).toEqual({ zone: "Asia/Kathmandu", range: 15 });
  });

  it.each(["", "tz=Nowhere/Land", "range=7", "range=", "tz="])("is the default for '%s'", (query) => {
    expect(viewOf(new URLSearchParams(query), HOME)).toEqual({ zone: HOME, range: 60 });
  });

  it("leaves out what is the default and keeps what belongs to others", () => {
    const before = new URLSearchParams("tz=UTC&range=15&other=1");
    expect(queryOf({ zone: HOME, range: 60 }, before, HOME).toString()).toBe("other=1");
    expect(queryOf({ zone: "UTC", range: 30 }, before, HOME).toString()).toBe("tz=UTC&range=30&other=1");
  });
});

describe("a member of the query", () => {
  it("is changed alone, and left out where it is the usual one", () => {
    const before = new URLSearchParams("tz=UTC&period=year");
    expect(withMember(before, "period", "month", "week").toString()).toBe("tz=UTC&period=month");
    expect(withMember(before, "period", "week", "week").toString()).toBe("tz=UTC");
    expect(withMember(before, "user", "").toString()).toBe("tz=UTC&period=year");
    expect(before.toString()).toBe("tz=UTC&period=year");
  });
});
