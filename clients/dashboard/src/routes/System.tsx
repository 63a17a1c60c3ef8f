import { decodeSystem } from "@streakline/web";
import { useEffect, useState } from "react";
import { useTitle, useView } from "../address.ts";
import { usePage, useStore } from "../page.tsx";
import { isAboutAccess } from "../store.ts";
import "../styles/system.css";
import { SystemView } from "../system/SystemView.tsx";
import { useGet } from "../use_answer.ts";

const EVERY_MS = 5_000;

/** How everything is, asked again every few seconds while somebody looks. */
export default function System() {
  const { token } = usePage();
  const [{ zone }] = useView();
  const said = useStore((page) => isAboutAccess(page.failure));
  const [state, again] = useGet("api/v1/system", decodeSystem);
  const [answeredAt, setAnsweredAt] = useState<number | null>(null);
  useTitle("System");

  useEffect(() => {
    if (state.value !== null) setAnsweredAt(Date.now());
  }, [state.value]);
  const settled = !state.asking && (state.trouble === null || state.trouble.kind === "failed");
  useEffect(() => {
    if (!settled) return;
    const timer = setTimeout(() => document.visibilityState === "visible" && again(), EVERY_MS);
    const seen = () => document.visibilityState === "visible" && again();
    document.addEventListener("visibilitychange", seen);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [settled, again]);

  return (
    <SystemView
      state={state}
      answeredAt={state.value === null ? null : answeredAt}
      zone={zone}
      token={token}
      accessSaid={said}
      onRetry={again}
    />
  );
}
