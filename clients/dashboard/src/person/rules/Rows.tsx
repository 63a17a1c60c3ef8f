import type { ReactNode } from "react";

export interface Row {
  readonly key: string;
  readonly words: string;
  /** What can be done with it. */
  readonly actions: ReactNode;
}

interface RowsProps {
  readonly rows: readonly Row[];
  /** What stands instead of none. */
  readonly empty: string;
  /** How many stand open; the others are a touch away. */
  readonly open?: number;
}

/** What was stated, the newest first, each with what can be done with it. */
export function Rows({ rows, empty, open = 4 }: RowsProps) {
  if (rows.length === 0) return <p className="hint">{empty}</p>;
  const older = rows.slice(open);
  return (
    <>
      <List rows={rows.slice(0, open)} />
      {older.length > 0 && (
        <details>
          <summary>{older.length} older</summary>
          <List rows={older} />
        </details>
      )}
    </>
  );
}

function List({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <ol className="rules-rows">
      {rows.map(({ key, words, actions }) => (
        <li key={key}>
          <span>{words}</span>
          <span className="rules-actions">{actions}</span>
        </li>
      ))}
    </ol>
  );
}
