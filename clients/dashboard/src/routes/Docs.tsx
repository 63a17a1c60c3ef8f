import { useCallback, useEffect } from "react";
import { useSearchParams } from "wouter";
import { askServer } from "../ask.ts";
import { DocsView } from "../docs/DocsView.tsx";
import { decodeGroups, type Group } from "../docs/document.ts";
import { usePage } from "../page.tsx";
import { type Ask, useAnswer } from "../use_answer.ts";
import "../styles/docs.css";

const ask: Ask<readonly Group[]> = (token, signal) =>
  askServer({ path: "api/openapi.json", decode: decodeGroups }, token, signal);

/** Every operation of the HTTP interface, each with a form that sends it. */
export default function Docs() {
  const [query, setQuery] = useSearchParams();
  const { token } = usePage();
  const [state, again] = useAnswer("openapi", ask);

  useEffect(() => {
    document.title = "API · Streakline";
    window.scrollTo(0, 0);
  }, []);

  const open = useCallback(
    (id: string) =>
      setQuery(
        (before) => {
          const next = new URLSearchParams(before);
          next.set("operation", id);
          return next;
        },
        { replace: true },
      ),
    [setQuery],
  );

  return (
    <DocsView state={state} opened={query.get("operation")} token={token} onOpen={open} onRetry={again} />
  );
}
