import type { ReactNode } from "react";
import { Link, useSearch } from "wouter";
import { withQuery } from "../address.ts";
import { pathOf } from "./path.ts";

/** The way to a content's own page. */
export function ContentLink({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const search = useSearch();
  const path = pathOf(id);
  if (path === null) return children;
  return (
    <Link href={withQuery(path, search)} className="content-link">
      {children}
    </Link>
  );
}
