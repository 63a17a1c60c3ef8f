import { type RefObject, useLayoutEffect, useRef } from "react";

const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");

const TWEEN_MS = 420;

/** Write a number into an element and let it run to each new value; readers who asked for calm see it at once. */
export function useRunningNumber(
  value: number,
  format: (value: number) => string,
): RefObject<HTMLElement | null> {
  const element = useRef<HTMLElement>(null);
  const shown = useRef<number | null>(null);

  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    const write = (at: number) => {
      shown.current = at;
      target.textContent = format(at);
    };
    const from = shown.current;
    if (from === null || from === value || CALM.matches || document.hidden) return write(value);
    const began = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const part = Math.min(1, Math.max(0, (now - began) / TWEEN_MS));
      write(part === 1 ? value : Math.round(from + (value - from) * (1 - (1 - part) ** 3)));
      if (part < 1) frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [value, format]);

  return element;
}

/** Let the rows of a list slide to their new places when their order changes. Rows carry `data-row`. */
export function useSlidingRows(order: string): RefObject<HTMLOListElement | null> {
  const list = useRef<HTMLOListElement>(null);
  const tops = useRef(new Map<string, number>());

  // biome-ignore lint/correctness/useExhaustiveDependencies: `order` is what moves the rows
  useLayoutEffect(() => {
    const next = new Map<string, number>();
    for (const row of list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? []) {
      const key = row.dataset["row"] ?? "";
      next.set(key, row.offsetTop);
      const before = tops.current.get(key);
      if (before === undefined || before === row.offsetTop || CALM.matches) continue;
      row.animate([{ transform: `translateY(${before - row.offsetTop}px)` }, { transform: "none" }], {
        duration: 360,
        easing: "cubic-bezier(0.2, 0.8, 0.2, 1)",
      });
    }
    tops.current = next;
  }, [order]);

  return list;
}
