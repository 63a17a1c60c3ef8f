import { decodeShareStats, type ShareStats } from "@streakline/web";
import { useCallback, useEffect } from "react";
import { useSearchParams } from "wouter";
import { useView } from "../address.ts";
import { askServer } from "../ask.ts";
import { usePage, useStore } from "../page.tsx";
import { daysOf, PERIODS, type Period } from "../shares/figures.ts";
import { SharesView } from "../shares/SharesView.tsx";
import { isAboutAccess } from "../store.ts";
import { type Ask, useAnswer } from "../use_answer.ts";

/** Shares of all apps in the last days. */
export function Shares() {
  const [query, setQuery] = useSearchParams();
  const [{ zone }] = useView();
  const days = daysOf(query);
  const { token } = usePage();
  const said = useStore((page) => isAboutAccess(page.failure));
  const ask: Ask<ShareStats> = useCallback(
    (bearer, signal) =>
      askServer({ path: `api/admin/shares/stats?days=${days}`, decode: decodeShareStats }, bearer, signal),
    [days],
  );
  const [state, again] = useAnswer(`shares ${days}`, ask);

  useEffect(() => {
    document.title = "Shares · Streakline";
    window.scrollTo(0, 0);
  }, []);

  const choose = (period: Period) =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        if (period === PERIODS[1]) next.delete("days");
        else next.set("days", String(period));
        return next;
      },
      { replace: true },
    );

  return (
    <SharesView
      state={state}
      days={days}
      zone={zone}
      token={token}
      accessSaid={said}
      onDays={choose}
      onRetry={again}
    />
  );
}
