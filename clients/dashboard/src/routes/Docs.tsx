import { useCallback } from "react";
import { useSearchParams } from "wouter";
import { useMember, useTitle } from "../address.ts";
import { DocsView } from "../docs/DocsView.tsx";
import { decodeGroups } from "../docs/document.ts";
import { usePage } from "../page.tsx";
import { useGet } from "../use_answer.ts";
import "../styles/docs.css";

/** Every operation of the HTTP interface, each with a form that sends it. */
export default function Docs() {
  const [query] = useSearchParams();
  const change = useMember();
  const { token } = usePage();
  const [state, again] = useGet("api/openapi.json", decodeGroups);
  useTitle("API");
  const open = useCallback((id: string) => change("operation", id), [change]);

  return (
    <DocsView state={state} opened={query.get("operation")} token={token} onOpen={open} onRetry={again} />
  );
}
