import { type FormEvent, useState } from "react";
import { useView } from "../address.ts";
import { dayAndTime } from "../format.ts";
import { usePage } from "../page.tsx";
import { bearerOf } from "../session.ts";

/** Who reads this page, by which token or key, and a way in and out. */
export function SignIn() {
  const { token, signIn, signOut } = usePage();
  const [{ zone }] = useView();
  if (token === null) return <SignInForm onToken={signIn} />;
  const { whose, may, ends } = bearerOf(token);
  return (
    <p className="sign-in">
      <span>
        Signed in with {whose}
        {may !== "" && ` (${may})`}
        {ends !== null && `, until ${dayAndTime(ends, zone)}`}.
      </span>{" "}
      <button type="button" className="quiet" onClick={signOut}>
        Sign out
      </button>
    </p>
  );
}

/** A form that takes a token or an API key. */
export function SignInForm({ onToken }: { readonly onToken: (token: string) => void }) {
  const [text, setText] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = text.trim();
    if (given) onToken(given);
  };
  return (
    <form className="sign-in" onSubmit={submit}>
      <label>
        Token or API key{" "}
        <input
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={text}
          maxLength={8000}
          onChange={(event) => setText(event.target.value)}
        />
      </label>{" "}
      <button type="submit" className="quiet">
        Sign in
      </button>
    </form>
  );
}
