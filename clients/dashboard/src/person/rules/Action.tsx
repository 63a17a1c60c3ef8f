import type { ReactNode } from "react";

interface ActionProps {
  readonly children: ReactNode;
  /** Why it cannot be done now, or that it is being done: it stays where the keyboard is. */
  readonly off: boolean;
  /** What it is about, for who hears the button alone. */
  readonly about?: string;
  readonly submit?: boolean;
  readonly onAct?: () => void;
}

/** A button that keeps the focus while it does nothing. */
export function Action({ children, off, about, submit = false, onAct }: ActionProps) {
  return (
    <button
      type={submit ? "submit" : "button"}
      className="quiet"
      aria-disabled={off || undefined}
      onClick={(event) => {
        if (off) event.preventDefault();
        else onAct?.();
      }}
    >
      {children}
      {about !== undefined && <span className="visually-hidden"> {about}</span>}
    </button>
  );
}
