import { decodePersonYears, decodeYearInReview } from "@streakline/web";
import { Fragment } from "react";
import { useSearchParams } from "wouter";
import { useMember, useTitle } from "../address.ts";
import { usePage, useStore } from "../page.tsx";
import { usePerson } from "../person/use_person.ts";
import { MADE_UP, personQuery } from "../person/view.ts";
import { zoneShown } from "../person/zone.ts";
import { isAboutAccess } from "../store.ts";
import "../styles/person.css";
import "../styles/year.css";
import { useGet } from "../use_answer.ts";
import { Card } from "../year/Card.tsx";
import { Links } from "../year/Links.tsx";
import { type YearAsked, yearAsked } from "../year/view.ts";
import { YearView } from "../year/YearView.tsx";

/** The year of a person, of any year with a play. */
export default function Year() {
  const [query] = useSearchParams();
  const asked = yearAsked(query);
  // no answer about one person may stand under the name of another
  return <Known key={asked.user ?? ""} asked={asked} />;
}

function Known({ asked }: { readonly asked: YearAsked }) {
  const change = useMember();
  const { token } = usePage();
  const { shown } = usePerson(asked.user);
  // nothing is asked before it is known by whose days
  const key = shown === null ? null : personQuery(asked, shown.zone);
  const said = useStore((page) => isAboutAccess(page.failure));
  const generated = useStore((page) => page.overview?.generated === true);
  const [years, againYears] = useGet(
    key === null ? null : `api/analytics/year-in-review?${key}`,
    decodePersonYears,
    true,
  );
  const year = asked.year ?? years.value?.years[0]?.year ?? null;
  const [review, againReview] = useGet(
    year === null || key === null ? null : `api/analytics/year-in-review/${year}?${key}`,
    decodeYearInReview,
  );
  useTitle(year === null ? "Year in review" : `${year} in review`);

  return (
    <YearView
      user={asked.user}
      asked={year}
      years={years}
      review={review}
      share={(known, zone) => (
        <Fragment key={known.year}>
          <Card year={known} zone={zone} />
          <Links year={known} zone={zone} />
        </Fragment>
      )}
      shown={shown ?? zoneShown(null, null)}
      example={generated ? MADE_UP : null}
      token={token}
      accessSaid={said}
      onYear={(chosen) => change("year", String(chosen))}
      onPerson={(user) => change("user", user)}
      onZone={(zone) => change("tz", zone)}
      onRetry={() => {
        againYears();
        againReview();
      }}
    />
  );
}
