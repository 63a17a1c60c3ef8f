import { decodeFound } from "@streakline/web";
import { describe, expect, it } from "vitest";
import { golden } from "../../web/tests/golden.ts";
import { NOTHING, reduceSearch, type SearchState } from "../src/search/state.ts";

const SONG = decodeFound(JSON.parse(golden("search")));
const TWO = [...SONG, { contentId: "b", title: "B", plays: 1 }];

function typed(text: string, from: SearchState = NOTHING): SearchState {
  return reduceSearch(from, { type: "typed", text });
}

function answered(state: SearchState, found = TWO, text = state.text.trim()): SearchState {
  return reduceSearch(state, { type: "answered", text, result: { value: found } });
}

describe("the search box", () => {
  it("opens when something is typed and waits for the answer", () => {
    expect(typed("so")).toMatchObject({ text: "so", open: true, found: null });
    expect(typed("  ")).toMatchObject({ open: false });
  });

  it("shows the answer to what is typed now, never to what was typed before", () => {
    const typing = typed("song");
    expect(answered(typing)).toMatchObject({ found: TWO, active: 0 });
    expect(answered(typing, TWO, "son")).toBe(typing);
    expect(typed("songs", answered(typing))).toMatchObject({ found: null, active: -1 });
    expect(typed("song ", answered(typing))).toMatchObject({ found: TWO });
  });

  it("goes round with the arrows", () => {
    const shown = answered(typed("song"));
    const down = reduceSearch(shown, { type: "moved", by: 1 });
    expect(down.active).toBe(1);
    expect(reduceSearch(down, { type: "moved", by: 1 }).active).toBe(0);
    expect(reduceSearch(shown, { type: "moved", by: -1 }).active).toBe(1);
    const closed = reduceSearch(shown, { type: "closed" });
    expect(reduceSearch(closed, { type: "moved", by: 1 })).toMatchObject({ open: true, active: 0 });
  });

  it("leaves out what no address can hold, and says why there is nothing", () => {
    expect(answered(typed("."), [{ contentId: "..", title: "..", plays: 9 }, ...SONG]).found).toEqual(SONG);
    const trouble = { kind: "away", message: "It is down.", retryMs: 1 } as const;
    const away = reduceSearch(typed("x"), { type: "answered", text: "x", result: { trouble } });
    expect(away.trouble).toBe("History does not answer now. It is down.");
    expect(reduceSearch(away, { type: "cleared" })).toEqual(NOTHING);
  });
});
