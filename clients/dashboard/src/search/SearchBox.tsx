import { decodeFound } from "@streakline/web";
import { type KeyboardEvent, useEffect, useId, useReducer, useRef } from "react";
import { useLocation, useSearch } from "wouter";
import { withQuery } from "../address.ts";
import { askServer } from "../ask.ts";
import { pathOf } from "../content/path.ts";
import { compact } from "../format.ts";
import { usePage } from "../page.tsx";
import { Lens } from "../parts/icons.tsx";
import { NOTHING, reduceSearch, type SearchState, wordsOf } from "./state.ts";

/** A reader who types is not asked for at every letter. */
const PAUSE_MS = 150;

/** Finds contents by title or id: `/` goes to it, arrows choose, Enter opens, Escape closes. */
export function SearchBox() {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [state, dispatch] = useReducer(reduceSearch, NOTHING);
  const { token } = usePage();
  const [, navigate] = useLocation();
  const search = useSearch();
  const words = wordsOf(state.text);

  useEffect(() => {
    if (words === "") return;
    const left = new AbortController();
    const timer = setTimeout(() => {
      const path = `api/v1/search?q=${encodeURIComponent(words)}`;
      askServer({ path, decode: decodeFound }, token, left.signal).then(
        (result) => left.signal.aborted || dispatch({ type: "answered", text: words, result }),
        () => undefined, // the reader typed on
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [words, token]);

  useEffect(() => {
    const slash = (event: globalThis.KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isField(event.target))
        return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener("keydown", slash);
    return () => document.removeEventListener("keydown", slash);
  }, []);

  const go = (index: number) => {
    const path = pathOf(state.found?.[index]?.contentId ?? "");
    if (path === null) return;
    dispatch({ type: "cleared" });
    input.current?.blur();
    navigate(withQuery(path, search));
  };

  const pressed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      dispatch({ type: "moved", by: event.key === "ArrowDown" ? 1 : -1 });
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (state.open) go(state.active);
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (state.open) return dispatch({ type: "closed" });
      dispatch({ type: "cleared" });
      input.current?.blur();
    }
  };

  const shown = state.open && (state.found?.length ?? 0) > 0;
  return (
    <search className="search">
      <Lens />
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label="Search contents"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown && state.active >= 0 ? `${id}-${state.active}` : undefined}
        placeholder="Search contents"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        enterKeyHint="go"
        maxLength={200}
        value={state.text}
        onChange={(event) => dispatch({ type: "typed", text: event.target.value })}
        onFocus={() => dispatch({ type: "opened" })}
        onBlur={() => dispatch({ type: "closed" })}
        onKeyDown={pressed}
      />
      <span className="search-key" aria-hidden="true">
        /
      </span>
      <div className="search-results" hidden={!state.open}>
        <p className="search-state" role="status">
          {state.open && sentence(state)}
        </p>
        <div id={`${id}-list`} role="listbox" aria-label="Contents" className="search-list">
          {state.found?.map(({ contentId, title, plays }, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are those of the combobox, which keeps the focus
            <div
              key={contentId}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === state.active}
              className="search-option"
              onPointerDown={(event) => event.preventDefault()}
              onPointerMove={() => index !== state.active && dispatch({ type: "pointed", index })}
              onClick={() => go(index)}
            >
              <span className="search-title">{title}</span>
              {title !== contentId && <span className="search-id">{contentId}</span>}
              <span className="search-plays">
                {compact(plays)} <span>{plays === 1 ? "play" : "plays"}</span>
              </span>
            </div>
          ))}
        </div>
      </div>
    </search>
  );
}

function sentence({ found, trouble, text }: SearchState) {
  if (trouble !== null) return <span className="search-trouble">{trouble}</span>;
  if (found === null) return "Searching…";
  if (found.length === 0) return `No content has “${wordsOf(text)}” in its title or id.`;
  const many = `${found.length} ${found.length === 1 ? "content" : "contents"} found`;
  return <span className="visually-hidden">{many}</span>;
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:input|textarea|select)$/iu.test(target.tagName))
  );
}
