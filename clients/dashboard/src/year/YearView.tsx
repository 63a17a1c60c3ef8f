import type { PersonYears, YearInReview } from "@streakline/web";
import type { ReactNode } from "react";
import { Link, useSearch } from "wouter";
import { withQuery } from "../address.ts";
import { ContentLink } from "../content/ContentLink.tsx";
import { clock } from "../format.ts";
import { AsOf } from "../parts/AsOf.tsx";
import { ChooseId } from "../parts/ChooseId.tsx";
import { Segments } from "../parts/Segments.tsx";
import { TroubleNotice } from "../parts/Trouble.tsx";
import { ZoneChoice } from "../parts/ZonePicker.tsx";
import { ZoneLine } from "../person/ZoneLine.tsx";
import type { ZoneShown } from "../person/zone.ts";
import { type AnswerState, firstTrouble } from "../use_answer.ts";
import { soFar, yearCsv } from "./figures.ts";
import { Marks, Moments, Ranked, Rated, Totals } from "./Sections.tsx";
import { Clock, Months, Weekdays } from "./Trends.tsx";

interface YearViewProps {
  /** The person that the address names; null for the one whose link it is. */
  readonly user: string | null;
  /** The year that is asked for; null until one is known. */
  readonly asked: number | null;
  readonly years: AnswerState<PersonYears>;
  readonly review: AnswerState<YearInReview>;
  /** The card and the links of the year that is shown. */
  readonly share: (year: YearInReview, zone: string) => ReactNode;
  readonly shown: ZoneShown;
  /** A person that there is, for who knows none; null where that is not known. */
  readonly example: string | null;
  readonly token: string | null;
  readonly accessSaid: boolean;
  readonly onYear: (year: number) => void;
  readonly onPerson: (user: string) => void;
  /** Show days and times in a zone; "" in the person's own. */
  readonly onZone: (zone: string) => void;
  readonly onRetry: () => void;
}

/** The year of a person, in whatever state its numbers are. */
export function YearView(props: YearViewProps) {
  const { user, asked, years, review, share, shown, example, token, accessSaid } = props;
  const { onYear, onPerson, onZone, onRetry } = props;
  const { zone } = shown;
  const search = useSearch();
  const trouble = firstTrouble([years, review]);
  const year = review.value;
  const who = years.value?.userId ?? year?.userId ?? user;
  const known = years.value?.years.map((one) => one.year) ?? null;
  const isEmpty = trouble?.kind === "nothing" || (asked === null && known?.length === 0);
  const named = year?.year ?? asked;
  return (
    <div
      className="content year"
      aria-busy={years.asking || review.asking}
      data-stale={(year !== null && trouble !== null) || undefined}
    >
      <header>
        <p className="content-back">
          <Link href={withQuery("/person", search)}>{who ?? "Person"}</Link>
        </p>
        <div className="page-head">
          <h1>{named === null ? "Year in review" : `${named} in review`}</h1>
          {known !== null && known.length > 0 && (
            <Segments
              legend="Year"
              options={known.map((value) => ({ value, label: String(value) }))}
              chosen={named ?? 0}
              onChoose={onYear}
            />
          )}
        </div>
        {year && <p className="page-figure">{soFar(year, zone)}</p>}
        {year && <ZoneLine shown={shown} person={year.userId} onOwn={() => onZone("")} />}
      </header>
      {(trouble?.kind === "person" || user !== null) && (
        <ChooseId
          id={user}
          label="Id of the person"
          question={
            trouble?.kind === "person" ? "This link is nobody’s own. Whose year do you want to see?" : null
          }
          example={trouble?.kind === "person" ? example : null}
          onChoose={onPerson}
        />
      )}
      {year === null && trouble === null && !isEmpty && <p className="empty">Asking history…</p>}
      {isEmpty && year === null && <Nothing asked={asked} known={known} />}
      <TroubleNotice
        trouble={trouble}
        shownOf={year && clock(Date.parse(year.asOf), zone, true)}
        token={token}
        accessSaid={accessSaid}
        onRetry={onRetry}
      />
      {year && (
        <>
          <Totals year={year} />
          <Moments year={year} />
          {share(year, zone)}
          <Months trends={year.viewingTrends} plays={year.plays} />
          <Ranked
            id="year-artists"
            title="Artists played most"
            ranking={year.topArtists}
            empty="No artist is known of what was played."
          />
          <Ranked
            id="year-titles"
            title="Titles played most"
            ranking={year.topTitles}
            empty="No title was played."
            named={({ id, name }) => <ContentLink id={id}>{name}</ContentLink>}
          />
          <Ranked
            id="year-genres"
            title="Genres played most"
            ranking={year.topGenres}
            empty="No genre is known of what was played."
            hint="What has several genres counts for each of them."
          />
          <Rated year={year} />
          <Weekdays trends={year.viewingTrends} plays={year.plays} />
          <Clock trends={year.viewingTrends} plays={year.plays} />
          <Marks year={year} />
          <footer className="content-foot">
            <ZoneChoice zone={zone} onChoose={onZone} />
            <AsOf
              asOf={year.asOf}
              zone={zone}
              file={`streakline-${year.userId}-${year.year}`}
              csv={() => yearCsv(year)}
              onRetry={onRetry}
            />
          </footer>
        </>
      )}
    </div>
  );
}

interface NothingProps {
  readonly asked: number | null;
  /** Years with a play; null while they are not known. */
  readonly known: readonly number[] | null;
}

/** A year without a play, or a person without one. */
function Nothing({ asked, known }: NothingProps) {
  if (known?.length === 0) {
    return <p className="empty">Nothing was played yet. The first play begins the first year.</p>;
  }
  return (
    <p className="empty">
      Nothing was played in {asked}, so there is nothing to tell of it.
      {known !== null && " Choose another year above."}
    </p>
  );
}
