import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from "react";
import { type Feed, startFeed } from "./feed.ts";
import { forgetToken, keepRenewed, keepToken, takeToken } from "./session.ts";
import { createStore, type State, type Store } from "./store.ts";

interface Page {
  /** Null until it is started. */
  readonly feed: Feed | null;
  readonly store: Store;
  readonly retry: () => void;
  readonly token: string | null;
  /** Read on with a token or an API key. */
  readonly signIn: (token: string) => void;
  readonly signOut: () => void;
}

const PageContext = createContext<Page | null>(null);

/** Give the page one store and one feed; a link with another token that is opened in this tab starts a new feed. */
export function PageProvider({ children }: { readonly children: ReactNode }) {
  const [store] = useState(() => createStore());
  const [token, setToken] = useState(readToken);
  const [feed, setFeed] = useState<Feed | null>(null);

  useEffect(() => {
    const changed = () => setToken(readToken());
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, []);

  useEffect(() => {
    if (!token) return;
    return keepRenewed(token, (renewed) => {
      keepToken(renewed, window.sessionStorage);
      setToken(renewed);
    });
  }, [token]);

  useEffect(() => {
    const started = startFeed(store, token);
    setFeed(started);
    return started.stop;
  }, [store, token]);

  const page: Page = {
    feed,
    store,
    token,
    retry: () => feed?.retry(),
    signIn: (given) => {
      keepToken(given, window.sessionStorage);
      setToken(given);
    },
    signOut: () => {
      forgetToken(window.sessionStorage);
      setToken(null);
    },
  };
  return <PageContext value={page}>{children}</PageContext>;
}

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error("usePage needs a PageProvider around it");
  return page;
}

/** What signs a reader in; null for a part that is drawn without a page around it. */
export function useSignIn(): Page["signIn"] | null {
  return useContext(PageContext)?.signIn ?? null;
}

/** The part of the state that a panel shows; it draws again only when that part changed. */
export function useStore<T>(select: (state: State) => T): T {
  const { store } = usePage();
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}

function readToken(): string | null {
  return takeToken({ location: window.location, history: window.history, storage: window.sessionStorage });
}
