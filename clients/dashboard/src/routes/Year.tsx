import { decodePersonYears, decodeYearInReview } from "@streakline/web";
import { Fragment } from "react";
import { useSearchParams } from "wouter";
import { useMember, useTitle, useView } from "../address.ts";
import { usePage, useStore } from "../page.tsx";
import { personQuery } from "../person/view.ts";
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
  const [{ zone }] = useView();
  const { token } = usePage();
  const key = personQuery(asked, zone);
  const said = useStore((page) => isAboutAccess(page.failure));
  const [years, againYears] = useGet(`api/analytics/year-in-review?${key}`, decodePersonYears, true);
  const year = asked.year ?? years.value?.years[0]?.year ?? null;
  const [review, againReview] = useGet(
    year === null ? null : `api/analytics/year-in-review/${year}?${key}`,
    decodeYearInReview,
  );
  useTitle(year === null ? "Year in review" : `${year} in review`);

  return (
    <YearView
      user={asked.user}
      asked={year}
      years={years}
      review={review}
      share={(shown) => (
        <Fragment key={shown.year}>
          <Card year={shown} zone={zone} />
          <Links year={shown} zone={zone} />
        </Fragment>
      )}
      zone={zone}
      token={token}
      accessSaid={said}
      onYear={(chosen) => change("year", String(chosen))}
      onPerson={(user) => change("user", user)}
      onRetry={() => {
        againYears();
        againReview();
      }}
    />
  );
}
