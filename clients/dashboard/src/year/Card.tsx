import type { YearInReview } from "@streakline/web";
import { useCallback, useState } from "react";
import { type Answered, askServer, messageOf } from "../ask.ts";
import { counted, hoursText } from "../format.ts";
import { usePage } from "../page.tsx";
import { Segments } from "../parts/Segments.tsx";
import { useAnswer } from "../use_answer.ts";
import { cardPath, pictureOf, SIZES, type Size } from "./cards.ts";

const CHOICES = SIZES.map((value) => ({ value, label: value }));
const PIXELS: Readonly<Record<Size, { readonly width: number; readonly height: number }>> = {
  landscape: { width: 1200, height: 630 },
  portrait: { width: 1080, height: 1920 },
};

/** The year as a picture, to be looked at and saved. */
export function Card({ year, zone }: { readonly year: YearInReview; readonly zone: string }) {
  const { token } = usePage();
  const [size, setSize] = useState<Size>("landscape");
  const [svgTrouble, setSvgTrouble] = useState("");
  const png = cardPath(year.userId, year.year, "png", size, zone);
  // the card is asked for anew where its numbers are others
  const key = `${png} ${year.plays} ${year.totalHours}`;
  const ask = useCallback(
    (bearer: string | null, signal: AbortSignal): Promise<Answered<string>> =>
      askServer({ path: png, take: pictureOf, decode: String }, bearer, signal),
    [png],
  );
  const [{ value: picture, trouble }, again] = useAnswer(key, ask);
  const name = `year-${year.year}-${size}`;
  const saveSvg = async () => {
    const svg = cardPath(year.userId, year.year, "svg", size, zone);
    const never = new AbortController().signal;
    const answer = await askServer({ path: svg, take: pictureOf, decode: String }, token, never);
    if ("value" in answer) save(answer.value, `${name}.svg`);
    setSvgTrouble("value" in answer ? "" : messageOf(answer.trouble));
  };
  const failed = svgTrouble || (trouble !== null ? messageOf(trouble) : "");
  return (
    <section className="list card" aria-labelledby="year-card">
      <header className="page-head">
        <h2 id="year-card">As a picture</h2>
        <Segments legend="Shape of the picture" options={CHOICES} chosen={size} onChoose={setSize} />
      </header>
      <div className="card-frame" data-size={size}>
        {picture !== null && (
          <img
            src={picture}
            {...PIXELS[size]}
            alt={`${year.year} in review: ${counted(year.plays, "play")}, ${hoursText(year.totalHours)} hours, ${counted(year.daysWatched, "day")} with a play`}
          />
        )}
        {picture === null && trouble === null && <p className="empty">Drawing…</p>}
      </div>
      {failed !== "" && (
        <p className="notice" role="status">
          {failed}{" "}
          <button type="button" className="quiet" onClick={again}>
            Try again
          </button>
        </p>
      )}
      {picture !== null && (
        <p className="choices">
          <button type="button" className="quiet" onClick={() => save(picture, `${name}.png`)}>
            Download PNG
          </button>
          <button type="button" className="quiet" onClick={saveSvg}>
            Download SVG
          </button>
        </p>
      )}
    </section>
  );
}

/** Let the reader save what is at an address. */
function save(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}
