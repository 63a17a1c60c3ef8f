import type { Beside, MeasuredDay, MeasuredPost, Measurement, PlatformsDashboard } from "@streakline/web";
import { Link, useSearchParams } from "wouter";
import { withMember, withQuery } from "../address.ts";
import { ContentLink } from "../content/ContentLink.tsx";
import { Count } from "../content/Sections.tsx";
import { whole } from "../format.ts";
import { Columns } from "../parts/Columns.tsx";
import { Parts } from "../parts/Parts.tsx";
import { Segments } from "../parts/Segments.tsx";
import {
  caveats,
  columnsOf,
  gainedText,
  goesOn,
  percentText,
  periodText,
  postText,
  signed,
  valueText,
} from "./figures.ts";
import { MEASURES, type Measure, platformName } from "./view.ts";

type Shown = Measurement & Beside & { readonly trend: readonly MeasuredDay[] };

/** What stands, and what these days gained. */
export function Totals({ shown }: { readonly shown: Measurement & Beside }) {
  const { totals, change } = shown;
  return (
    <section className="ledger range" aria-labelledby="platforms-totals">
      <h2 id="platforms-totals">{periodText(shown)}</h2>
      <dl>
        <Count
          id="platforms.views"
          label="Views"
          hint="as last observed"
          before={gainedText(totals.viewsGained, change.viewsGained)}
        >
          {valueText(totals.views)}
        </Count>
        <Count
          id="platforms.engagement"
          label="Engagement"
          hint="likes, comments, shares"
          before={gainedText(totals.engagementGained, change.engagementGained)}
        >
          {valueText(totals.engagement)}
        </Count>
        <Count id="platforms.engagementRate" label="Engagement rate" hint="per cent of views">
          {percentText(totals.engagementRate)}
        </Count>
        <Count
          id="platforms.followers"
          label="Followers"
          hint="of the accounts"
          before={gainedText(totals.followersGained)}
        >
          {valueText(totals.followers)}
        </Count>
        <Count id="platforms.growthRate" label="Growth" hint="of followers in these days">
          {totals.growthRate === null ? "–" : `${signed(totals.growthRate)}%`}
        </Count>
        <Count id="platforms.performanceScore" label="Score" hint="mean of the posts, of 100">
          {valueText(totals.performanceScore)}
        </Count>
      </dl>
      {caveats(totals).map((words) => (
        <p key={words} className="hint">
          {words}
        </p>
      ))}
    </section>
  );
}

export const MEASURE_NAMES: Readonly<Record<Measure, string>> = { engagement: "Engagement", views: "Views" };

interface TrendProps {
  readonly shown: Shown;
  readonly measure: Measure;
  readonly onMeasure: (measure: Measure) => void;
}

/** What each day gained. */
export function Trend({ shown, measure, onMeasure }: TrendProps) {
  const name = MEASURE_NAMES[measure];
  const gained = measure === "views" ? shown.totals.viewsGained : shown.totals.engagementGained;
  return (
    <section className="list content-days" aria-labelledby="platforms-trend">
      <header className="range-head">
        <h2 id="platforms-trend">{name} by day</h2>
        <Segments
          legend="What the chart counts"
          options={MEASURES.map((value) => ({ value, label: MEASURE_NAMES[value] }))}
          chosen={measure}
          onChoose={onMeasure}
        />
      </header>
      {gained === null && (
        <p className="empty">
          Nothing was observed twice in these days, so that nobody knows what they gained.
        </p>
      )}
      <Columns
        heading="Day"
        measures={[name]}
        format={whole}
        summary={`${name} gained by day. ${gained === null ? "Nothing is told" : whole(gained)} in these days.`}
        columns={columnsOf(shown.trend, measure, goesOn(shown))}
      />
      <Key of="gained" />
    </section>
  );
}

/** Followers at the end of each day. */
export function Audience({ shown }: { readonly shown: Shown }) {
  const { followers, followersGained } = shown.totals;
  return (
    <section className="list content-days" aria-labelledby="platforms-audience">
      <header className="section-head">
        <h2 id="platforms-audience">Audience</h2>
        <p className="readout">{gainedText(followersGained)}</p>
      </header>
      {followers === null && <p className="empty">No platform tells of followers.</p>}
      {followers !== null && (
        <>
          <Columns
            heading="Day"
            measures={["Followers"]}
            format={whole}
            summary={`Followers at the end of each day, ${whole(followers)} at the last.`}
            columns={columnsOf(shown.trend, "followers", goesOn(shown))}
          />
          <Key of="followers, as last observed" />
        </>
      )}
    </section>
  );
}

/** What the marks of a chart of days are. */
export function Key({ of }: { readonly of: string }) {
  return (
    <p className="key">
      <span className="swatch swatch-past" aria-hidden="true" /> {of}
      <span className="swatch swatch-now" aria-hidden="true" /> today so far
      <span className="swatch swatch-none" aria-hidden="true" /> not told
    </p>
  );
}

/** How much each platform brings, with the way to each. */
export function Platforms({ shown }: { readonly shown: PlatformsDashboard }) {
  const [query] = useSearchParams();
  const most = [...shown.platforms].sort(
    (left, right) => (right.totals.views ?? -1) - (left.totals.views ?? -1),
  );
  return (
    <section className="list" aria-labelledby="platforms-beside">
      <header className="section-head">
        <h2 id="platforms-beside">Platforms</h2>
        <p className="column">views, per cent</p>
      </header>
      <Parts
        parts={most.map(({ platform, totals }) => ({
          key: platform,
          name: (
            <Link
              href={withQuery("/platforms", withMember(query, "platform", platform).toString())}
              className="content-link"
            >
              {platformName(platform)}
            </Link>
          ),
          value: totals.views ?? 0,
        }))}
        total={shown.totals.views ?? 0}
        unit="views"
        empty="No platform tells anything yet."
      />
    </section>
  );
}

/** The posts with the most views. */
export function TopPosts({ posts }: { readonly posts: readonly MeasuredPost[] }) {
  return (
    <section className="list" aria-labelledby="platforms-top">
      <header className="section-head">
        <h2 id="platforms-top">Top content</h2>
        <p className="column">views</p>
      </header>
      {posts.length === 0 && <p className="empty">No post was observed yet.</p>}
      <ol className="recent">
        {posts.map((post) => (
          <li key={`${post.account} ${post.contentId}`}>
            <span className="parts-name">
              {/* history has a page of what somebody stated, and of nothing else */}
              {post.publishedAt === null ? (
                post.title
              ) : (
                <ContentLink id={post.contentId}>{post.title}</ContentLink>
              )}
            </span>
            <span className="recent-where">{postText(post)}</span>
            <span className="parts-value">{valueText(post.views)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** That a view is not one thing. */
export function ViewsAre({ words }: { readonly words: readonly string[] }) {
  if (words.length === 0) return null;
  return (
    <section className="list content-days views-are" aria-labelledby="platforms-are">
      <h2 id="platforms-are">What a view is</h2>
      {words.length > 1 && (
        <p className="hint">
          A sum over platforms adds up different things, for a view is not the same everywhere:
        </p>
      )}
      <ul>
        {words.map((sentence) => (
          <li key={sentence} className="hint">
            {sentence}
          </li>
        ))}
      </ul>
    </section>
  );
}
