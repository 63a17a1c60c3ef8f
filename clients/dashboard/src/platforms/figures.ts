import type {
  Beside,
  ComparedPlatform,
  Measured,
  MeasuredDay,
  MeasuredPost,
  OnePlatform,
  PlatformsDashboard,
  ToldNumber,
} from "@streakline/web";
import { type Cell, csvText } from "../csv.ts";
import { counted, dateAndYear, dateOf, whole } from "../format.ts";
import type { Column } from "../parts/Columns.tsx";
import { platformName } from "./view.ts";

const LANGUAGE = typeof navigator === "undefined" ? "en" : navigator.language;
const HUNDREDTHS = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 2 });
const LABELS = 5;

/** A number as text; a dash where no platform tells it, which is not 0. */
export function valueText(value: number | null): string {
  return value === null ? "–" : HUNDREDTHS.format(value);
}

/** Per cent as text; a dash where nothing gives it. */
export function percentText(value: number | null): string {
  return value === null ? "–" : `${HUNDREDTHS.format(value)}%`;
}

/** With its sign. */
export function signed(value: number): string {
  return `${value > 0 ? "+" : value < 0 ? "−" : "±"}${HUNDREDTHS.format(Math.abs(value))}`;
}

/** What was gained, and how it compares with as many days before; empty where nothing tells it. */
export function gainedText(gained: number | null, change: number | null = null): string {
  if (gained === null) return "";
  return `${signed(gained)} in these days${change === null ? "" : `, ${signed(change)}% on those before`}`;
}

/** The days that are shown: `23 Aug 2026 to 21 Sept 2026`. */
export function periodText({ period }: Pick<PlatformsDashboard, "period">): string {
  const last = new Date(Date.parse(period.end) - 86_400_000).toISOString();
  return `${dateAndYear(period.start)} to ${dateAndYear(last)}`;
}

/** What a reader must know before trusting a sum: corrections and gaps, in words. */
export function caveats({ viewsCorrected, engagementCorrected, gaps }: Measured): readonly string[] {
  const taken = [
    ...(viewsCorrected < 0 ? [counted(-viewsCorrected, "view")] : []),
    ...(engagementCorrected < 0 ? [`${whole(-engagementCorrected)} of likes, comments and shares`] : []),
  ];
  return [
    ...(taken.length > 0 ? [`Taken back by a platform: ${taken.join(", ")}. They are in no gain.`] : []),
    ...(gaps > 0
      ? [
          `${counted(gaps, "gap")}: days on which nobody observed a post. Nothing is filled in; what was gained stands at the day after.`,
        ]
      : []),
  ];
}

/** Days as columns; a day that nothing tells is none of 0. */
export function columnsOf(
  days: readonly MeasuredDay[],
  of: "views" | "engagement" | "followers",
  running: boolean,
): readonly Column[] {
  const step = Math.ceil(days.length / LABELS);
  return days.map((day, index) => ({
    id: day.date,
    label: (days.length - 1 - index) % step === 0 ? dateOf(day.date) : "",
    name: dateOf(day.date),
    values: [day[of]],
    running: running && index === days.length - 1,
  }));
}

/** Whether the last day that is shown goes on. */
export function goesOn({ period, asOf }: Pick<PlatformsDashboard, "period" | "asOf">): boolean {
  const day = new Intl.DateTimeFormat("sv", { timeZone: period.tz, dateStyle: "short" }).format(
    Date.parse(asOf),
  );
  return day < period.end;
}

/** What is said below a post's title. */
export function postText(post: MeasuredPost): string {
  const rate = post.engagementRate === null ? "" : ` (${percentText(post.engagementRate)} of views)`;
  return [
    platformName(post.platform),
    ...(post.engagement === null ? [] : [`engagement ${whole(post.engagement)}${rate}`]),
    ...(post.performanceScore === null ? [] : [`score ${valueText(post.performanceScore)}`]),
  ].join(" · ");
}

/** A number with its unit, as its platform tells it. */
export function toldText({ value, unit, currency }: ToldNumber): string {
  if (unit === "percent") return percentText(value);
  if (unit === "seconds") return `${HUNDREDTHS.format(value)} s`;
  return unit === "money" ? `${HUNDREDTHS.format(value)} ${currency ?? ""}`.trim() : HUNDREDTHS.format(value);
}

/** The name of a number in words: `followersGained` is `followers gained`. */
export function wordsOf(name: string): string {
  return name.replace(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
}

/** The numbers of a platform that are put beside those of others, with their names. */
export function comparedRows(one: ComparedPlatform): readonly (readonly [string, string])[] {
  const { totals } = one;
  return [
    ["Posts", whole(totals.posts)],
    ["Views", valueText(totals.views)],
    ["Views gained", valueText(totals.viewsGained)],
    ["Views a post", valueText(one.viewsPerPost)],
    ["Engagement", valueText(totals.engagement)],
    ["Engagement a post", valueText(one.engagementPerPost)],
    ["Engagement rate", percentText(totals.engagementRate)],
    ["Followers", valueText(totals.followers)],
    ["Growth", totals.growthRate === null ? "–" : `${signed(totals.growthRate)}%`],
    ["Score", valueText(totals.performanceScore)],
    ["Gaps", whole(totals.gaps)],
    ["Views taken back", whole(Math.abs(totals.viewsCorrected))],
  ];
}

/** Platforms side by side, one number a row, for a spreadsheet. */
export function comparedCsv(platforms: readonly ComparedPlatform[]): string {
  return csvText([
    ["part", "at", "measure", "value"],
    ...platforms.flatMap((one) => [
      ...numbersOf("platform", one.platform, one),
      ["platform", one.platform, "viewsPerPost", one.viewsPerPost],
      ["platform", one.platform, "engagementPerPost", one.engagementPerPost],
    ]),
  ]);
}

const ROWS = ["posts", "views", "likes", "comments", "shares", "engagement"] as const;

function numbersOf(part: string, at: string, { totals, previous }: Beside): Cell[][] {
  return [
    ...Object.entries(totals).map(([measure, value]) => [part, at, measure, value]),
    ...ROWS.map((measure) => [`${part} before`, at, measure, previous[measure]]),
  ];
}

/** Everything that the page shows of numbers, one a row, for a spreadsheet. */
export function platformsCsv(shown: PlatformsDashboard | OnePlatform): string {
  return csvText([
    ["part", "at", "measure", "value"],
    ...numbersOf("total", "", shown),
    ...("platforms" in shown
      ? shown.platforms.flatMap((one) => numbersOf("platform", one.platform, one))
      : shown.accounts.flatMap(({ account, numbers }) =>
          numbers.map((one) => [
            "account",
            account,
            one.currency === null ? one.name : `${one.name} ${one.currency}`,
            one.value,
          ]),
        )),
    ...shown.trend.flatMap((day) =>
      (["views", "engagement", "viewsCorrected", "gaps", "followers"] as const).map((measure) => [
        "day",
        day.date,
        measure,
        day[measure],
      ]),
    ),
    ...shown.topContent.flatMap((post) =>
      (["views", "engagement", "engagementRate", "performanceScore"] as const).map((measure) => [
        "post",
        post.contentId,
        measure,
        post[measure],
      ]),
    ),
  ]);
}
