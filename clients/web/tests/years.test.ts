import { describe, expect, it } from "vitest";
import { decodePersonYears, decodeYearInReview } from "../src/index.ts";
import { golden } from "./golden.ts";

describe("decodeYearInReview", () => {
  it("reads all that a page shows of the answer both test suites agree on", () => {
    const { favoriteGenres, topRatedContent, ...shown } = JSON.parse(golden("year_in_review"));
    expect(decodeYearInReview({ ...shown, favoriteGenres, topRatedContent })).toEqual(shown);
  });

  it("keeps null where there is no streak and no year before, and names what is not as promised", () => {
    const body = { ...JSON.parse(golden("year_in_review")), longestStreak: null };
    expect(decodeYearInReview(body)).toMatchObject({ longestStreak: null, previousYear: null });
    body.topTitles.first[2].rank = "1";
    expect(() => decodeYearInReview(body)).toThrow(
      'yearInReview.topTitles.first[2].rank must be a number, found "1"',
    );
  });
});

describe("decodePersonYears", () => {
  it("reads the years of a person", () => {
    const { years, userId } = JSON.parse(golden("years"));
    expect(decodePersonYears(JSON.parse(golden("years")))).toEqual({ years, userId });
  });
});
