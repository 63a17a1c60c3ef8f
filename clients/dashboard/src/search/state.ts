import type { FoundContent } from "@streakline/web";
import type { Answered } from "../ask.ts";
import { pathOf } from "../content/path.ts";

/** What the search box knows. */
export interface SearchState {
  readonly text: string;
  readonly open: boolean;
  /** Contents that have a page; null until the server has answered for this text. */
  readonly found: readonly FoundContent[] | null;
  readonly trouble: string | null;
  /** Index of the option that Enter goes to; -1 for none. */
  readonly active: number;
}

export type SearchAction =
  | { readonly type: "typed"; readonly text: string }
  | {
      readonly type: "answered";
      readonly text: string;
      readonly result: Answered<readonly FoundContent[]>;
    }
  | { readonly type: "moved"; readonly by: 1 | -1 }
  | { readonly type: "pointed"; readonly index: number }
  | { readonly type: "opened" }
  | { readonly type: "closed" }
  | { readonly type: "cleared" };

export const NOTHING: SearchState = { text: "", open: false, found: null, trouble: null, active: -1 };

export function reduceSearch(state: SearchState, action: SearchAction): SearchState {
  switch (action.type) {
    case "typed": {
      const same = wordsOf(action.text) === wordsOf(state.text);
      const kept = same ? state : { ...NOTHING };
      return { ...kept, text: action.text, open: wordsOf(action.text) !== "" };
    }
    case "answered": {
      if (action.text !== wordsOf(state.text)) return state; // the reader has typed on
      const { result } = action;
      if ("trouble" in result) return { ...state, found: null, active: -1, trouble: said(result.trouble) };
      const found = result.value.filter((content) => pathOf(content.contentId) !== null);
      return { ...state, found, trouble: null, active: found.length > 0 ? 0 : -1 };
    }
    case "moved": {
      const many = state.found?.length ?? 0;
      if (many === 0) return { ...state, open: state.text !== "" };
      if (!state.open) return { ...state, open: true };
      const from = state.active < 0 && action.by < 0 ? 0 : state.active;
      return { ...state, active: (from + action.by + many) % many };
    }
    case "pointed":
      return { ...state, active: action.index };
    case "opened":
      return { ...state, open: wordsOf(state.text) !== "" };
    case "closed":
      return { ...state, open: false };
    case "cleared":
      return NOTHING;
  }
}

/** What is searched for: the text without blanks around it. */
export function wordsOf(text: string): string {
  return text.trim();
}

function said(trouble: Extract<Answered<never>, { trouble: unknown }>["trouble"]): string {
  switch (trouble.kind) {
    case "access":
      return "This link may not search. Open one with a token.";
    case "away":
      return `History does not answer now. ${trouble.message}`;
    default:
      return trouble.message;
  }
}
