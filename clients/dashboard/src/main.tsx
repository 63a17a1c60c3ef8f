import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "@fontsource-variable/hanken-grotesk/wght.css";
import "uplot/dist/uPlot.min.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/search.css";
import "./styles/live.css";
import "./styles/content.css";
import "./styles/pages.css";
import { App } from "./App.tsx";
import { showTheme } from "./theme.ts";

const root = document.getElementById("root");
if (!root) throw new Error("index.html must hold an element with the id root");
showTheme();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
