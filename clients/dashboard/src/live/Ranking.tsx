import { ContentLink } from "../content/ContentLink.tsx";
import { whole } from "../format.ts";
import { useSlidingRows } from "../motion.ts";
import { Running } from "./Figure.tsx";

export interface RankedItem {
  readonly contentId: string;
  readonly title: string;
  readonly value: number;
}

interface RankingProps {
  readonly items: readonly RankedItem[] | undefined;
  /** What one value counts, for readers who cannot see the columns: "listeners". */
  readonly unit: string;
  readonly empty: string;
  readonly tone: "now" | "past";
}

/** Rows kept free, so that nothing below moves when the list grows. */
const ROWS = 10;

/** A list by value, most first; the line under each row is as long as its share of the first. */
export function Ranking({ items, unit, empty, tone }: RankingProps) {
  const rows = (items ?? []).slice(0, ROWS);
  const most = rows[0]?.value ?? 0;
  const list = useSlidingRows(rows.map((row) => row.contentId).join("\n"));
  return (
    <div className="ranking-frame">
      {rows.length === 0 && <p className="empty">{items ? empty : "Waiting for the first numbers…"}</p>}
      <ol ref={list} className={`ranking ranking-${tone}`}>
        {rows.map((row, index) => (
          <li key={row.contentId} data-row={row.contentId}>
            <span className="rank" aria-hidden="true">
              {index + 1}
            </span>
            <span
              className="title"
              title={row.title === row.contentId ? row.title : `${row.title} (${row.contentId})`}
            >
              <ContentLink id={row.contentId}>{row.title}</ContentLink>
            </span>
            <span className="value">
              <Running value={row.value} format={whole} />
              <span className="visually-hidden"> {unit}</span>
            </span>
            <span
              className="share"
              style={{ transform: `scaleX(${most > 0 ? row.value / most : 0})` }}
              aria-hidden="true"
            />
          </li>
        ))}
      </ol>
    </div>
  );
}
