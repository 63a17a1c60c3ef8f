import { type PointerEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useView } from "../address.ts";
import { clock } from "../format.ts";
import { useStore } from "../page.tsx";
import { healthOf } from "../store.ts";

interface TermProps {
  /** Name of the number in GET /api/live/definitions. */
  readonly name: string;
  readonly children: ReactNode;
}

const GAP = 8;
const EDGE = 12;

/** The name of a number; hovering, tapping or focusing and pressing it tells what it counts and how current it is. */
export function Term({ name, children }: TermProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const card = useRef<HTMLSpanElement>(null);
  const [shown, setShown] = useState<"no" | "hovered" | "pinned">("no");
  const open = shown !== "no";

  useEffect(() => {
    const [from, to] = [button.current, card.current];
    if (!open || !from || !to) return;
    to.showPopover();
    place(to, from);
    const close = () => setShown("no");
    const escaped = (event: KeyboardEvent) => event.key === "Escape" && close();
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!from.contains(target) && !to.contains(target)) close();
    };
    document.addEventListener("keydown", escaped);
    document.addEventListener("pointerdown", outside);
    window.addEventListener("scroll", close, { passive: true });
    window.addEventListener("resize", close);
    return () => {
      document.removeEventListener("keydown", escaped);
      document.removeEventListener("pointerdown", outside);
      window.removeEventListener("scroll", close);
      window.removeEventListener("resize", close);
      if (to.isConnected) to.hidePopover();
    };
  }, [open]);

  const byMouse = (to: "no" | "hovered") => (event: PointerEvent) => {
    if (event.pointerType === "mouse") setShown((now) => (now === "pinned" ? now : to));
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        className="term"
        aria-expanded={open}
        aria-describedby={open ? id : undefined}
        onClick={() => setShown((now) => (now === "pinned" ? "no" : "pinned"))}
        onPointerEnter={byMouse("hovered")}
        onPointerLeave={byMouse("no")}
        onBlur={() => setShown("no")}
      >
        {children}
      </button>
      <span ref={card} id={id} popover="manual" role="tooltip" className="definition">
        {open && <Definition name={name} />}
      </span>
    </>
  );
}

function Definition({ name }: { readonly name: string }) {
  const sentence = useStore((state) => state.definitions[name]);
  const updatedAt = useStore((state) => state.updatedAt);
  const live = useStore((state) => healthOf(state) === "live");
  const [{ zone }] = useView();
  return (
    <>
      <span className="definition-text">
        {sentence ?? "The server has not given a definition for this number."}
      </span>
      <span className="definition-age">
        {updatedAt === null
          ? "Nothing received yet"
          : `${live ? "Current as of" : "Not current: last received"} ${clock(updatedAt, zone, true)}`}
      </span>
    </>
  );
}

/** Put the card under the term, or above where there is no room, and inside the window in any case. */
function place(card: HTMLElement, term: HTMLElement): void {
  const from = term.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = card;
  const left = Math.max(EDGE, Math.min(from.left, document.documentElement.clientWidth - width - EDGE));
  const below = from.bottom + GAP;
  const fits = below + height + EDGE <= window.innerHeight;
  card.style.left = `${left}px`;
  card.style.top = `${fits ? below : Math.max(EDGE, from.top - GAP - height)}px`;
}
