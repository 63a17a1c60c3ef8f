import { decodeMe, type Me } from "@streakline/web";
import { describe, expect, it } from "vitest";
import { golden } from "../../web/tests/golden.ts";
import { type TokenPlaces, takeToken } from "../src/session.ts";
import { bearerWords } from "../src/sign_in/words.ts";

function places(hash: string, kept: string | null = null) {
  const replaced: string[] = [];
  const store = new Map<string, string>(kept === null ? [] : [["streakline.token", kept]]);
  const given: TokenPlaces = {
    location: { hash, pathname: "/", search: "?tz=UTC" },
    history: { state: null, replaceState: (_state, _title, url) => void replaced.push(String(url)) },
    storage: {
      getItem: (key) => store.get(key) ?? null,
      setItem: (key, value) => void store.set(key, value),
    },
  };
  return { given, replaced, store };
}

describe("takeToken", () => {
  it("keeps the link's token for this tab and takes it out of the address", () => {
    const { given, replaced, store } = places("#token=abc.def");
    expect(takeToken(given)).toBe("abc.def");
    expect(replaced).toEqual(["/?tz=UTC"]);
    expect([...store.values()]).toEqual(["abc.def"]);
  });

  it("prefers the link's token to the one kept", () => {
    expect(takeToken(places("#token=new", "old").given)).toBe("new");
  });

  it.each(["", "#", "#content", "#token="])("falls back to the one kept for the fragment '%s'", (hash) => {
    const { given, replaced } = places(hash, "old");
    expect(takeToken(given)).toBe("old");
    expect(replaced).toEqual([]);
  });

  it("finds none where there is none", () => {
    expect(takeToken(places("").given)).toBeNull();
  });
});

const key: Me = decodeMe(JSON.parse(golden("me")));
const token: Me = { ...key, key: null };

describe("a bearer", () => {
  it.each<[string, Me]>([
    ["the API key “a page of mine” of ann for band", key],
    ["the API key k7mq2xw4ab of ann for band", { ...key, key: { id: "k7mq2xw4ab", name: "" } }],
    ["a token of Zoë", { ...token, user: "Zoë", creators: [] }],
    ["a token for The Band, Other", { ...token, user: null, creators: ["The Band", "Other"] }],
    ["a token of The Band", { ...token, user: "The Band", creators: ["The Band"] }],
    ["a token", { ...token, user: null, creators: [] }],
  ])("is %s", (words, me) => expect(bearerWords(me)).toBe(words));
});
