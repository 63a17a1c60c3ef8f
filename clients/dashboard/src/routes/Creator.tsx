import { decodeArtistStats, decodeCreatorDays } from "@streakline/web";
import { useSearchParams } from "wouter";
import { useMember, useTitle, useView } from "../address.ts";
import { CreatorView } from "../creator/CreatorView.tsx";
import { creatorAsked, creatorQuery } from "../creator/figures.ts";
import { Now } from "../creator/Now.tsx";
import { useCreator } from "../creator/use_creator.ts";
import { usePage, useStore } from "../page.tsx";
import { isAboutAccess } from "../store.ts";
import { useGet } from "../use_answer.ts";

/** A creator: contents, days, engagement and what happened last. */
export default function Creator() {
  const [query] = useSearchParams();
  const change = useMember();
  const [{ zone }] = useView();
  const { token } = usePage();
  const asked = creatorAsked(query);
  const key = creatorQuery(asked, zone);
  const said = useStore((page) => isAboutAccess(page.failure));
  const [stats, againStats] = useGet(`api/dashboard/stats?${key}`, decodeArtistStats);
  const [days, againDays] = useGet(`api/analytics/dashboard?${key}`, decodeCreatorDays);
  // only what the server has just shown: a refusal of the topic would be told of the whole page
  const live = useCreator(stats.value?.artistProfile.id ?? null);
  useTitle(stats.value?.artistProfile.name ?? "Creator");

  return (
    <CreatorView
      key={asked.artist ?? ""}
      asked={asked}
      stats={stats}
      days={days}
      now={<Now live={live} zone={zone} />}
      zone={zone}
      token={token}
      accessSaid={said}
      onRange={(timeRange) => change("timeRange", timeRange, "30d")}
      onCreator={(artist) => change("artist", artist)}
      onRetry={() => {
        againStats();
        againDays();
      }}
    />
  );
}
