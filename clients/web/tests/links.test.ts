import { describe, expect, it } from "vitest";
import { decodeYearLink, decodeYearLinks } from "../src/index.ts";
import { golden } from "./golden.ts";

describe("links to a year", () => {
  it("are read as both test suites agree on, whatever else is said of them", () => {
    const { year, tz, ...link } = JSON.parse(golden("year_link"));
    expect(decodeYearLink({ year, tz, ...link })).toEqual(link);
    const { links } = JSON.parse(golden("year_links"));
    expect(decodeYearLinks({ links }).map(({ id, url }) => ({ id, url }))).toEqual(
      links.map(({ id, url }: typeof link) => ({ id, url })),
    );
  });

  it("are refused where a member is not as promised", () => {
    const link = { ...JSON.parse(golden("year_link")), expiresAt: 7 };
    expect(() => decodeYearLink(link)).toThrow("yearLink.expiresAt must be text, found 7");
  });
});
