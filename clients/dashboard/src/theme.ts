import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark";

const KEY = "streakline.theme";
const DARK = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

/** What is shown: the reader's choice, else the system's. */
export function themeNow(): Theme {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "light" || chosen === "dark") return chosen;
  return DARK.matches ? "dark" : "light";
}

/** Choose the other theme; choosing what the system says anyway follows the system again. */
export function toggleTheme(): void {
  const next: Theme = themeNow() === "dark" ? "light" : "dark";
  const system: Theme = DARK.matches ? "dark" : "light";
  if (next === system) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, next);
  showTheme();
}

/** Put the theme on the document, where the tokens read it. */
export function showTheme(): void {
  document.documentElement.dataset["theme"] = themeNow();
  for (const listener of listeners) listener();
}

DARK.addEventListener("change", showTheme);

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, themeNow);
}
