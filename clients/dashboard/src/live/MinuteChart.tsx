import type { MinuteOfPlays } from "@streakline/web";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { clock, compact, whole } from "../format.ts";
import { useTheme } from "../theme.ts";

interface MinuteChartProps {
  /** Oldest first; the last is the running minute. */
  readonly minutes: readonly MinuteOfPlays[];
  readonly zone: string;
  /** Told which minute the reader points at, null for none. */
  readonly onPoint: (index: number | null) => void;
}

/** Plays a minute as columns; the running minute, still growing, in the accent. */
export function MinuteChart({ minutes, zone, onPoint }: MinuteChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef({ minutes, onPoint });
  latest.current = { minutes, onPoint };
  const theme = useTheme();
  const [pointed, setPointed] = useState<number | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours to read
  useEffect(() => {
    const host = frame.current;
    if (!host) return;
    const made = new uPlot(
      options(host, zone, (index) => latest.current.onPoint(index)),
      columns(latest.current.minutes),
      host,
    );
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize(sizeOf(host)));
    observer.observe(host);
    return () => {
      observer.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [zone, theme]);

  useEffect(() => {
    const draw = requestAnimationFrame(() => chart.current?.setData(columns(minutes)));
    return () => cancelAnimationFrame(draw);
  }, [minutes]);

  const point = (index: number | null) => {
    setPointed(index);
    const plot = chart.current;
    if (!plot) return;
    const at = index === null ? undefined : minutes[index]?.at;
    plot.setCursor(
      at === undefined ? { left: -10, top: -10 } : { left: plot.valToPos(at / 1000, "x"), top: 4 },
    );
  };

  const pressed = (event: KeyboardEvent) => {
    const index = stepped(event.key, pointed ?? minutes.length - 1, minutes.length);
    if (index === undefined) return;
    event.preventDefault();
    point(index);
  };

  return (
    <div
      ref={frame}
      className="chart"
      data-waiting={minutes.length === 0 || undefined}
      role="slider"
      tabIndex={0}
      aria-label="Plays a minute, by minute"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, minutes.length - 1)}
      aria-valuenow={pointed ?? minutes.length - 1}
      aria-valuetext={spoken(minutes[pointed ?? minutes.length - 1], zone)}
      onKeyDown={pressed}
      onBlur={() => pointed !== null && point(null)}
    />
  );
}

function spoken(minute: MinuteOfPlays | undefined, zone: string): string {
  return minute ? `${clock(minute.at, zone)}, ${whole(minute.plays)} plays` : "no minutes yet";
}

/** The minute a key leads to; undefined for keys that are not ours, null to leave. */
function stepped(key: string, from: number, length: number): number | null | undefined {
  if (key === "Escape") return null;
  const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: length - 1 }[key];
  return to === undefined ? undefined : Math.max(0, Math.min(length - 1, to));
}

/** Columns for uPlot: time in s, the whole minutes, and the running one apart so that it has its own colour. */
function columns(minutes: readonly MinuteOfPlays[]): uPlot.AlignedData {
  const last = minutes.length - 1;
  return [
    minutes.map((minute) => minute.at / 1000),
    minutes.map((minute, index) => (index < last ? minute.plays : null)),
    minutes.map((minute, index) => (index === last ? minute.plays : null)),
  ];
}

function sizeOf(host: HTMLElement): { width: number; height: number } {
  return { width: host.clientWidth, height: host.clientHeight };
}

const HALF_MINUTE = 30;
/** Half the width of a label such as 10:30, in px. */
const HALF_LABEL = 18;

function options(host: HTMLElement, zone: string, onPoint: (index: number | null) => void): uPlot.Options {
  const styles = getComputedStyle(host);
  const token = (name: string) => styles.getPropertyValue(name).trim();
  const font = `500 12px ${styles.fontFamily}`;
  const bars = uPlot.paths.bars?.({ size: [0.72, 28], radius: 0.22, align: 0 });
  const series = (label: string, fill: string): uPlot.Series => ({
    label,
    fill,
    width: 0,
    points: { show: false },
    ...(bars ? { paths: bars } : {}),
  });
  return {
    ...sizeOf(host),
    padding: [10, 2, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: true, range: (_, least, most) => [least - HALF_MINUTE, most + HALF_MINUTE] },
      y: { range: (_, __, most) => [0, Math.max(4, most)] },
    },
    series: [{}, series("plays", token("--bar")), series("plays, running minute", token("--accent"))],
    axes: [
      {
        font,
        stroke: token("--ink-faint"),
        size: 30,
        gap: 8,
        grid: { show: false },
        ticks: { show: false },
        splits: (plot, _, least, most) => marks(plot, least, most),
        values: (_, splits) => splits.map((at) => clock(at * 1000, zone)),
      },
      {
        font,
        stroke: token("--ink-faint"),
        size: 38,
        gap: 8,
        grid: { stroke: token("--line"), width: 1 },
        ticks: { show: false },
        space: 44,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6],
        values: (_, splits) => splits.map(compact),
      },
    ],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

/** Round times between two moments (s): every ten minutes, or five where less is shown; none whose label would be cut. */
function marks(plot: uPlot, least: number, most: number): number[] {
  const step = most - least > 40 * 60 ? 600 : 300;
  const room = (HALF_LABEL / Math.max(1, plot.over.clientWidth)) * (most - least);
  const found: number[] = [];
  for (let at = Math.ceil(least / step) * step; at <= most - room; at += step) found.push(at);
  return found;
}
