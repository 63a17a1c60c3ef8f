import { toggleTheme, useTheme } from "../theme.ts";
import { Moon, Sun } from "./icons.tsx";

export function ThemeToggle() {
  const dark = useTheme() === "dark";
  const label = dark ? "Switch to light" : "Switch to dark";
  return (
    <button type="button" className="icon-button" onClick={toggleTheme} aria-label={label} title={label}>
      {dark ? <Sun /> : <Moon />}
    </button>
  );
}
