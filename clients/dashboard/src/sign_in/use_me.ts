import { decodeMe, type Me } from "@streakline/web";
import { usePage } from "../page.tsx";
import { type AnswerState, useGet } from "../use_answer.ts";

/** Whom the tab's token or key speaks for, and what it allows; nothing is asked without one. */
export function useMe(): AnswerState<Me> {
  const { token } = usePage();
  return useGet(token === null ? null : "api/v1/me", decodeMe)[0];
}
