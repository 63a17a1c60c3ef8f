import type { ContentAnalytics } from "@streakline/web";
import type { Result, Trouble } from "./ask.ts";

/** What the page of one content knows. */
export interface ContentState {
  readonly id: string;
  /** The last numbers, kept while newer ones are asked for or history is away. */
  readonly analytics: ContentAnalytics | null;
  readonly asking: boolean;
  readonly trouble: Trouble | null;
}

export type ContentAction =
  | { readonly type: "asked"; readonly id: string }
  | { readonly type: "answered"; readonly id: string; readonly result: Result };

export function fresh(id: string): ContentState {
  return { id, analytics: null, asking: true, trouble: null };
}

export function reduceContent(state: ContentState, action: ContentAction): ContentState {
  if (action.type === "asked") {
    return action.id === state.id ? { ...state, asking: true } : fresh(action.id);
  }
  if (action.id !== state.id) return state; // the reader has gone on
  const { result } = action;
  if ("analytics" in result) return { ...state, analytics: result.analytics, asking: false, trouble: null };
  const { trouble } = result;
  const analytics = trouble.kind === "away" ? state.analytics : null;
  return { ...state, analytics, asking: false, trouble };
}
