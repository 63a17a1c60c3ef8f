import { type FormEvent, useState } from "react";

interface ChooseCreatorProps {
  readonly artist: string | null;
  /** Whether nothing can be shown before one is chosen. */
  readonly needed: boolean;
  readonly onChoose: (artist: string) => void;
}

/** Whose numbers are shown, for links that speak for several creators or for all. */
export function ChooseCreator({ artist, needed, onChoose }: ChooseCreatorProps) {
  const [text, setText] = useState(artist ?? "");
  const choose = (event: FormEvent) => {
    event.preventDefault();
    const chosen = text.trim();
    if (chosen) onChoose(chosen);
  };
  return (
    <form className="choose-creator" onSubmit={choose}>
      {needed && <p>This link is not for one creator alone. Whose numbers do you want to see?</p>}
      <label>
        Id of the creator{" "}
        <input value={text} maxLength={500} onChange={(event) => setText(event.target.value)} />
      </label>{" "}
      <button type="submit" className="quiet">
        Show
      </button>
    </form>
  );
}
