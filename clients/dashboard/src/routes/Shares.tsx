import { decodeShareStats } from "@streakline/web";
import { useSearchParams } from "wouter";
import { useMember, useTitle, useView } from "../address.ts";
import { usePage, useStore } from "../page.tsx";
import { daysOf, PERIODS } from "../shares/figures.ts";
import { SharesView } from "../shares/SharesView.tsx";
import { isAboutAccess } from "../store.ts";
import { useGet } from "../use_answer.ts";

/** Shares of all apps in the last days. */
export default function Shares() {
  const [query] = useSearchParams();
  const change = useMember();
  const [{ zone }] = useView();
  const days = daysOf(query);
  const { token } = usePage();
  const said = useStore((page) => isAboutAccess(page.failure));
  const [state, again] = useGet(`api/admin/shares/stats?days=${days}`, decodeShareStats);
  useTitle("Shares");

  return (
    <SharesView
      state={state}
      days={days}
      zone={zone}
      token={token}
      accessSaid={said}
      onDays={(chosen) => change("days", String(chosen), String(PERIODS[1]))}
      onRetry={again}
    />
  );
}
