import { type ComponentType, lazy, Suspense } from "react";
import { Link, Route, Router, Switch, useLocation, useSearch } from "wouter";
import { withQuery } from "./address.ts";
import { PageProvider } from "./page.tsx";
import { ConnectionState } from "./parts/ConnectionState.tsx";
import { Mark } from "./parts/icons.tsx";
import { Notices } from "./parts/Notices.tsx";
import { ThemeToggle } from "./parts/ThemeToggle.tsx";
import { Content } from "./routes/Content.tsx";
import { Live } from "./routes/Live.tsx";
import { NotFound } from "./routes/NotFound.tsx";
import { Unopened } from "./routes/Unopened.tsx";
import { SearchBox } from "./search/SearchBox.tsx";
import { prefixOf } from "./server.ts";
import { SignIn } from "./sign_in/SignIn.tsx";

/** What few readers open comes when it is opened. */
const Creator = page(() => import("./routes/Creator.tsx"));
const Docs = page(() => import("./routes/Docs.tsx"));
const Person = page(() => import("./routes/Person.tsx"));
const Platforms = page(() => import("./routes/Platforms.tsx"));
const Shares = page(() => import("./routes/Shares.tsx"));
const System = page(() => import("./routes/System.tsx"));
const Year = page(() => import("./routes/Year.tsx"));

/** The frame around every route. A new route is one line in each of `ROUTES` and `Switch`. */
export function App() {
  return (
    <Router base={prefixOf()}>
      <Frame />
    </Router>
  );
}

function Frame() {
  // the frame names the address it is at, so it follows each change of it
  const [here] = useLocation();
  const search = useSearch();
  return (
    <PageProvider>
      <a className="skip" href={skipHere()}>
        Skip to the numbers
      </a>
      <header className="top">
        <Link href={withQuery("/", search)} className="brand">
          <Mark />
          Streakline
        </Link>
        <nav aria-label="Pages">
          {ROUTES.map(({ path, label }) => (
            <Link
              key={path}
              href={withQuery(path, search)}
              className={path === here ? "is-here" : ""}
              aria-current={path === here ? "page" : undefined}
            >
              {label}
            </Link>
          ))}
        </nav>
        <SearchBox />
        <ConnectionState />
        <ThemeToggle />
      </header>
      <main id="content" tabIndex={-1}>
        <Notices />
        <Suspense fallback={<p className="empty">Opening…</p>}>
          <Switch>
            <Route path="/" component={Live} />
            <Route path="/content/*" component={Content} />
            <Route path="/creator" component={Creator} />
            <Route path="/person" component={Person} />
            <Route path="/year" component={Year} />
            <Route path="/platforms" component={Platforms} />
            <Route path="/shares" component={Shares} />
            <Route path="/docs" component={Docs} />
            <Route path="/system" component={System} />
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </main>
      <footer className="bottom">
        <p>
          Every number has a definition: beside it, or point at its name or tap it. Robots are kept and never
          counted. <Link href={withQuery("/docs", search)}>Try the API</Link>
        </p>
        <SignIn />
      </footer>
    </PageProvider>
  );
}

/** A page that is loaded when it is opened, and says so where it cannot be. */
function page(load: () => Promise<{ readonly default: ComponentType }>) {
  return lazy(() => load().catch(() => ({ default: Unopened })));
}

/** The numbers of this very address: alone, a fragment would be one of the server's `base`. */
function skipHere(): string {
  return `${window.location.pathname}${window.location.search}#content`;
}

const ROUTES = [
  { path: "/", label: "Live" },
  { path: "/creator", label: "Creator" },
  { path: "/person", label: "Person" },
  { path: "/year", label: "Year" },
  { path: "/platforms", label: "Platforms" },
  { path: "/shares", label: "Shares" },
  { path: "/system", label: "System" },
] as const;
