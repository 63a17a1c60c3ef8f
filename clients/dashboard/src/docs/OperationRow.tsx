import { useEffect, useRef, useState } from "react";
import type { Operation } from "./document.ts";
import { TryIt } from "./TryIt.tsx";

interface OperationRowProps {
  readonly operation: Operation;
  readonly startsOpen: boolean;
  readonly token: string | null;
  readonly onOpen: (id: string) => void;
}

/** An operation in one line, that opens into its form. */
export function OperationRow({ operation, startsOpen, token, onOpen }: OperationRowProps) {
  const [open, setOpen] = useState(startsOpen);
  const row = useRef<HTMLDetailsElement>(null);
  const { id, method, path, summary, access } = operation;

  // biome-ignore lint/correctness/useExhaustiveDependencies: only the operation that the page was opened at is scrolled to
  useEffect(() => {
    if (startsOpen) row.current?.scrollIntoView({ block: "start" });
  }, []);

  return (
    <details
      ref={row}
      className="operation"
      open={open}
      onToggle={(event) => {
        const { open: now } = event.currentTarget;
        setOpen(now);
        if (now && !open) onOpen(id);
      }}
    >
      <summary>
        <span className={`method method-${method.toLowerCase()}`}>{method}</span>
        <code className="operation-path">{path}</code>
        <span className="operation-summary">{summary}</span>
      </summary>
      {open && (
        <div className="operation-body">
          <p className="operation-access">{access}</p>
          {operation.isSocket ? (
            <p className="operation-access">A form opens no websocket; the page Live does.</p>
          ) : (
            <TryIt operation={operation} token={token} />
          )}
        </div>
      )}
    </details>
  );
}
