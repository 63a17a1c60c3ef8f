import type { Creator } from "@streakline/web";
import { useEffect, useState } from "react";
import { usePage } from "../page.tsx";

/** What is played of a creator at this moment; null until it is known, and where nobody is named. */
export function useCreator(id: string | null): Partial<Creator> | null {
  const { feed } = usePage();
  const [shown, setShown] = useState<{ readonly id: string; readonly data: Partial<Creator> } | null>(null);
  useEffect(() => {
    if (feed === null || id === null) return;
    return feed.follow(`creator:${id}` as const, ({ data }) => setShown({ id, data }));
  }, [feed, id]);
  return shown !== null && shown.id === id ? shown.data : null;
}
