import { type ArtistStats, type CreatorDays, decodeArtistStats, decodeCreatorDays } from "@streakline/web";
import { useCallback, useEffect } from "react";
import { useSearchParams } from "wouter";
import { useView } from "../address.ts";
import { askServer } from "../ask.ts";
import { CreatorView } from "../creator/CreatorView.tsx";
import { creatorAsked, creatorQuery } from "../creator/figures.ts";
import { Now } from "../creator/Now.tsx";
import { useCreator } from "../creator/use_creator.ts";
import { usePage, useStore } from "../page.tsx";
import { isAboutAccess } from "../store.ts";
import { type Ask, useAnswer } from "../use_answer.ts";

/** A creator: contents, days, engagement and what happened last. */
export function Creator() {
  const [query, setQuery] = useSearchParams();
  const [{ zone }] = useView();
  const { token } = usePage();
  const asked = creatorAsked(query);
  const key = creatorQuery(asked, zone);
  const said = useStore((page) => isAboutAccess(page.failure));
  const askStats: Ask<ArtistStats> = useCallback(
    (bearer, signal) =>
      askServer({ path: `api/dashboard/stats?${key}`, decode: decodeArtistStats }, bearer, signal),
    [key],
  );
  const askDays: Ask<CreatorDays> = useCallback(
    (bearer, signal) =>
      askServer({ path: `api/analytics/dashboard?${key}`, decode: decodeCreatorDays }, bearer, signal),
    [key],
  );
  const [stats, againStats] = useAnswer(`stats ${key}`, askStats);
  const [days, againDays] = useAnswer(`days ${key}`, askDays);
  // only what the server has just shown: a refusal of the topic would be told of the whole page
  const live = useCreator(stats.value?.artistProfile.id ?? null);
  const name = stats.value?.artistProfile.name ?? "Creator";

  useEffect(() => {
    document.title = `${name} · Streakline`;
  }, [name]);
  useEffect(() => {
    window.scrollTo(0, 0);
  }, []);

  const change = (member: string, value: string, usual: string) =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === usual) next.delete(member);
        else next.set(member, value);
        return next;
      },
      { replace: true },
    );

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
      onCreator={(artist) => change("artist", artist, "")}
      onRetry={() => {
        againStats();
        againDays();
      }}
    />
  );
}
