import {
  decodeComparedPlatforms,
  decodeOnePlatform,
  decodePlatformConnections,
  decodePlatformsDashboard,
} from "@streakline/web";
import { useSearchParams } from "wouter";
import { useMember, useTitle, useView } from "../address.ts";
import { usePage, useStore } from "../page.tsx";
import { MADE_UP } from "../person/view.ts";
import { Accounts } from "../platforms/Accounts.tsx";
import { Compare } from "../platforms/Compare.tsx";
import { Connections } from "../platforms/Connections.tsx";
import { comparedCsv, platformsCsv } from "../platforms/figures.ts";
import { PlatformsView } from "../platforms/PlatformsView.tsx";
import {
  Audience,
  Platforms as ByPlatform,
  TopPosts,
  Totals,
  Trend,
  ViewsAre,
} from "../platforms/Sections.tsx";
import {
  connectionsPath,
  MEASURES,
  measuredPath,
  type PlatformsAsked,
  platformName,
  platformsAsked,
} from "../platforms/view.ts";
import { isAboutAccess } from "../store.ts";
import "../styles/platforms.css";
import { useGet } from "../use_answer.ts";

/** What other platforms measure of a person's accounts and posts. */
export default function Platforms() {
  const [query] = useSearchParams();
  const asked = platformsAsked(query);
  useTitle(asked.platform === null ? "Platforms" : platformName(asked.platform));
  if (asked.platform !== null) return <One key={`${asked.user} ${asked.platform}`} asked={asked} />;
  if (asked.part === "compare") return <Beside key={asked.user} asked={asked} />;
  if (asked.part === "connections") return <Accounted key={asked.user} asked={asked} />;
  return <Overview key={asked.user} asked={asked} />;
}

interface AskedProps {
  readonly asked: PlatformsAsked;
}

function Overview({ asked }: AskedProps) {
  const [state, again] = useGet(measuredPath("dashboard", asked), decodePlatformsDashboard, true);
  const { value } = state;
  const common = useCommon();
  return (
    <PlatformsView
      {...common}
      asked={asked}
      state={state}
      csv={value && (() => platformsCsv(value))}
      onRetry={again}
    >
      {value && (
        <>
          <Totals shown={value} />
          <Trend
            shown={value}
            measure={asked.measure}
            onMeasure={(measure) => common.onChange("measure", measure, MEASURES[0])}
          />
          <ByPlatform shown={value} />
          <TopPosts posts={value.topContent} />
          <Audience shown={value} />
          <ViewsAre words={value.viewsAre} />
        </>
      )}
    </PlatformsView>
  );
}

function One({ asked }: AskedProps) {
  const [state, again] = useGet(measuredPath(`platform/${asked.platform}`, asked), decodeOnePlatform, true);
  const { value } = state;
  const common = useCommon();
  return (
    <PlatformsView
      {...common}
      asked={asked}
      state={state}
      csv={value && (() => platformsCsv(value))}
      onRetry={again}
    >
      {value && (
        <>
          <Totals shown={value} />
          <Trend
            shown={value}
            measure={asked.measure}
            onMeasure={(measure) => common.onChange("measure", measure, MEASURES[0])}
          />
          <TopPosts posts={value.topContent} />
          <Accounts accounts={value.accounts} zone={value.period.tz} />
          <Audience shown={value} />
          <ViewsAre words={value.viewsAre} />
        </>
      )}
    </PlatformsView>
  );
}

function Beside({ asked }: AskedProps) {
  const [state, again] = useGet(measuredPath("compare", asked), decodeComparedPlatforms, true);
  const { value } = state;
  const common = useCommon();
  return (
    <PlatformsView
      {...common}
      asked={asked}
      state={state}
      csv={value && (() => comparedCsv(value.platforms))}
      onRetry={again}
    >
      {value && (
        <Compare
          shown={value}
          measure={asked.measure}
          onMeasure={(measure) => common.onChange("measure", measure, MEASURES[0])}
        />
      )}
    </PlatformsView>
  );
}

function Accounted({ asked }: AskedProps) {
  const [state, again] = useGet(connectionsPath("connections", asked), decodePlatformConnections, true);
  const [{ zone }] = useView();
  const common = useCommon();
  return (
    <PlatformsView
      {...common}
      asked={asked}
      state={{ ...state, value: null, asking: state.asking && state.value === null }}
      csv={null}
      onRetry={again}
    >
      {state.value && (
        <Connections asked={asked} known={state.value} zone={zone} token={common.token} onChanged={again} />
      )}
    </PlatformsView>
  );
}

function useCommon() {
  const onChange = useMember();
  const { token } = usePage();
  const accessSaid = useStore((page) => isAboutAccess(page.failure));
  const generated = useStore((page) => page.overview?.generated === true);
  return { onChange, token, accessSaid, example: generated ? MADE_UP : null };
}
