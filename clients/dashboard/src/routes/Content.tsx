import { decodeContentAnalytics } from "@streakline/web";
import { useEffect, useRef } from "react";
import { useLocation, useSearchParams } from "wouter";
import { useTitle, useView } from "../address.ts";
import { ContentView } from "../content/ContentView.tsx";
import { analyticsPath, idIn } from "../content/path.ts";
import { useRange } from "../content/use_range.ts";
import { contentViewOf } from "../content/view.ts";
import { usePage, useStore } from "../page.tsx";
import { prefixOf } from "../server.ts";
import { isAboutAccess } from "../store.ts";
import { useGet } from "../use_answer.ts";
import { NotFound } from "./NotFound.tsx";

/** One content: what history knows of it. */
export function Content() {
  useLocation();
  // the router decodes a path once and loses what an encoded slash or per cent was; the address bar has it
  const id = idIn(window.location.pathname, prefixOf());
  return id === null ? <NotFound /> : <Known key={id} id={id} />;
}

function Known({ id }: { readonly id: string }) {
  const [{ zone }] = useView();
  const { token } = usePage();
  const [query] = useSearchParams();
  const view = contentViewOf(query);
  const [state, againContent] = useGet(analyticsPath(id, zone), decodeContentAnalytics, true);
  const [range, againRange] = useRange(id, view, zone);
  const said = useStore((page) => isAboutAccess(page.failure));
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(state.value?.mashup.title ?? id);
  // another page begins at its top, also for who hears it
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  return (
    <ContentView
      id={id}
      state={state}
      view={view}
      range={range}
      zone={zone}
      token={token}
      accessSaid={said}
      heading={heading}
      onRetry={() => {
        againContent();
        againRange();
      }}
    />
  );
}
