import { TroubleNotice } from "../parts/Trouble.tsx";
import { addressOf } from "../server.ts";
import type { AnswerState } from "../use_answer.ts";
import type { Group } from "./document.ts";
import { OperationRow } from "./OperationRow.tsx";

interface DocsViewProps {
  readonly state: AnswerState<readonly Group[]>;
  /** The id of the operation that the address names. */
  readonly opened: string | null;
  readonly token: string | null;
  readonly onOpen: (id: string) => void;
  readonly onRetry: () => void;
}

/** The operations by group, in whatever state the document is. */
export function DocsView({ state, opened, token, onOpen, onRetry }: DocsViewProps) {
  const { value: groups, trouble } = state;
  return (
    <div className="docs" aria-busy={state.asking}>
      <header className="page-head">
        <h1>API</h1>
        <p className="docs-links">
          <a href={addressOf("api/openapi.json")}>OpenAPI 3.1</a>
        </p>
      </header>
      <p className="docs-words">
        Requests go to this server and are real: what is sent counts.{" "}
        {token === null
          ? "They go without a token; a link with one opens more."
          : "They carry the token of your link."}
      </p>
      {groups === null && trouble === null && <p className="empty">Asking the server…</p>}
      <TroubleNotice trouble={trouble} shownOf={null} token={token} accessSaid={false} onRetry={onRetry} />
      {groups?.map(({ name, words, operations }) => (
        <section key={name} className="docs-group" aria-label={name}>
          <header className="section-head">
            <h2>{name}</h2>
            <p className="column">{words}</p>
          </header>
          {operations.map((operation) => (
            <OperationRow
              key={operation.id}
              operation={operation}
              startsOpen={operation.id === opened}
              token={token}
              onOpen={onOpen}
            />
          ))}
        </section>
      ))}
    </div>
  );
}
