import { type FormEvent, useState } from "react";
import { useView } from "../address.ts";
import { dayAndTime } from "../format.ts";
import { usePage } from "../page.tsx";
import { useMe } from "./use_me.ts";
import { bearerWords } from "./words.ts";

/** Who reads this page, by which token or key, and a way in and out. */
export function SignIn() {
  const { token, signIn, signOut } = usePage();
  if (token === null) return <SignInForm onToken={signIn} />;
  return (
    <p className="sign-in">
      <span>
        Signed in
        <Bearer />.
      </span>{" "}
      <button type="button" className="quiet" onClick={signOut}>
        Sign out
      </button>
    </p>
  );
}

/** Whom the token or key speaks for, what it allows and when it ends; nothing while the server does not say. */
function Bearer() {
  const [{ zone }] = useView();
  const { value } = useMe();
  if (value === null) return null;
  const ends = value.expires === null ? "" : `, until ${dayAndTime(Date.parse(value.expires), zone)}`;
  return ` with ${bearerWords(value)} (${value.scopes.join(", ")})${ends}`;
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
