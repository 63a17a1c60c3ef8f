import { useCallback, useEffect, useReducer, useState } from "react";
import { usePage, useStore } from "../page.tsx";
import { isAboutAccess } from "../store.ts";
import { askContent } from "./ask.ts";
import { type ContentState, fresh, reduceContent } from "./state.ts";

/** The numbers of one content: asked for anew by `again`, in another zone, with another token, and when they come back. */
export function useContent(id: string, zone: string): [ContentState, () => void] {
  const { token } = usePage();
  const closed = useStore((page) => isAboutAccess(page.failure));
  const [state, dispatch] = useReducer(reduceContent, id, fresh);
  const [times, setTimes] = useState(0);
  const again = useCallback(() => setTimes((before) => before + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: access that opened, and a wish to ask again, are reasons
  useEffect(() => {
    const left = new AbortController();
    dispatch({ type: "asked", id });
    askContent(id, zone, token, left.signal).then(
      (result) => left.signal.aborted || dispatch({ type: "answered", id, result }),
      () => undefined, // the reader left, or asks for something else
    );
    return () => left.abort();
  }, [id, zone, token, closed, times]);

  const retryMs = !state.asking && state.trouble?.kind === "away" ? state.trouble.retryMs : null;
  useEffect(() => {
    if (retryMs === null) return;
    const timer = setTimeout(again, retryMs);
    return () => clearTimeout(timer);
  }, [retryMs, again]);

  return [state.id === id ? state : fresh(id), again];
}
