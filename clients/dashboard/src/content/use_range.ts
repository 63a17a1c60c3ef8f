import { useCallback } from "react";
import { type AnswerState, type Ask, useAnswer } from "../use_answer.ts";
import { askRange, type RangeAnswer } from "./range.ts";
import type { ContentViewOf } from "./view.ts";

/** What history knows of a content in the range of a view; the answer before stays until the next one is there. */
export function useRange(
  id: string,
  { timeRange, bucket, compare, measure }: ContentViewOf,
  zone: string,
): [AnswerState<RangeAnswer>, () => void] {
  // another measure is drawn from the same answer
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  const ask: Ask<RangeAnswer> = useCallback(
    (token, signal) => askRange(id, { timeRange, bucket, compare, measure }, zone, token, signal),
    [id, timeRange, bucket, compare, zone],
  );
  return useAnswer(JSON.stringify([id, timeRange, bucket, compare, zone]), ask, true);
}
