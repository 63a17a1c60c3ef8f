import { type FormEvent, useState } from "react";

interface ChooseIdProps {
  readonly id: string | null;
  /** What the id is of: "Id of the creator". */
  readonly label: string;
  /** Why one has to be chosen; null where there are numbers without it. */
  readonly question: string | null;
  /** An id that there is, for who knows none. */
  readonly example?: string | null;
  readonly onChoose: (id: string) => void;
}

/** Whose numbers are shown, for links that speak for several or for all. */
export function ChooseId({ id, label, question, example = null, onChoose }: ChooseIdProps) {
  const [text, setText] = useState(id ?? "");
  const choose = (event: FormEvent) => {
    event.preventDefault();
    const chosen = text.trim();
    if (chosen) onChoose(chosen);
  };
  return (
    <form className="choose-id" onSubmit={choose}>
      {question !== null && <p>{question}</p>}
      <label>
        {label} <input value={text} maxLength={500} onChange={(event) => setText(event.target.value)} />
      </label>{" "}
      <button type="submit" className="quiet">
        Show
      </button>
      {example !== null && (
        <button type="button" className="quiet" onClick={() => onChoose(example)}>
          Show {example}, who is made up
        </button>
      )}
    </form>
  );
}
