import { decodeMe, decodePerson, decodeStated, type Person } from "@streakline/web";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import { golden } from "../../../web/tests/golden.ts";
import type { Trouble } from "../../src/ask.ts";
import { RulesView } from "../../src/person/rules/RulesView.tsx";
import {
  endedPause,
  freeze,
  newId,
  pause,
  repair,
  sent,
  settings,
  settled,
  takenBack,
} from "../../src/person/rules/statements.ts";
import {
  behindWords,
  freezeWords,
  mayState,
  pauseState,
  pauseTrouble,
  refusalWords,
  repairWords,
  unknownWords,
} from "../../src/person/rules/words.ts";

const PERSON = decodePerson(JSON.parse(golden("person")));
type View = Parameters<typeof RulesView>[0];
const QUIET = { busy: false, waiting: [], outcome: { words: "", again: null }, state: () => undefined };

function rules(person: Partial<Person> = {}, change: Partial<View> = {}): string {
  const view = {
    person: { ...PERSON, ...person },
    today: "2026-11-21",
    mayState: true,
    statements: QUIET,
    ...change,
  };
  return renderToStaticMarkup(createElement(RulesView, view));
}

const missed = (day: string, gained: number) => ({ day, currentStreak: gained + 1, gained });
const off = (html: string, name: string) => new RegExp(`aria-disabled="true">${name}`, "u").test(html);

describe("the answers", () => {
  it("are read as they are documented, whole", () => {
    const body = JSON.parse(golden("person"));
    for (const one of [...body.freezes.got, ...body.repairs]) delete one.at;
    expect(PERSON).toEqual(body);
    expect(decodeStated(JSON.parse(golden("personal_stated")))).toBe("gA");
  });

  it("are refused by the name of what is not as promised", () => {
    expect(() => decodePerson({ ...JSON.parse(golden("person")), weekendsOff: 1 })).toThrow(
      "person.weekendsOff must be true or false",
    );
  });
});

describe("who may state", () => {
  const me = (scopes: string[], user: string | null = "ann") =>
    decodeMe({ user, creators: [], scopes, key: null, expires: null });

  it("is the person with a token to write, and who may write for all", () => {
    expect(mayState(me(["read:self", "write:self"]), "ann")).toBe(true);
    expect(mayState(me(["admin"], null), "ann")).toBe(true);
    expect(mayState(me(["write"], null), "ann")).toBe(true);
    expect(mayState(me(["write:self"]), "bea")).toBe(false);
    expect(mayState(me(["read:self", "read:admin"]), "ann")).toBe(false);
    expect(mayState(null, "ann")).toBe(false);
  });

  it("has the controls, and others what is stated", () => {
    const html = rules();
    for (const control of ["Add a freeze", "Give back", "Add a pause", "Remove", "Save", "Take back"]) {
      expect(html).toContain(control);
    }
    const looked = rules({ repairable: [missed("2026-11-19", 5)], nextRepair: null }, { mayState: false });
    expect(looked).not.toMatch(/<button|<input|<select/u);
    for (const words of ["Europe/Berlin", "By calendar day", "Used for Nov 18, 2026", "Nov 19, 2026"]) {
      expect(looked).toContain(words);
    }
    expect(looked).toContain("ann’s own token with the scope write:self");
    expect(rules({}, { mayState: null })).not.toContain("own token");
  });
});

describe("the controls", () => {
  it("do nothing where it would be lost, is being sent, or has not shown yet", () => {
    expect(off(rules(), "Add a freeze")).toBe(false);
    const full = rules({ freezes: { ...PERSON.freezes, balance: 2 } });
    expect(off(full, "Add a freeze")).toBe(true);
    expect(full).toContain("One more would be lost: 2 are the most.");
    const waiting = rules({}, { statements: { ...QUIET, waiting: ["freeze"] } });
    expect([off(waiting, "Add a freeze"), off(waiting, "Add a pause")]).toEqual([true, false]);
    const busy = rules({}, { statements: { ...QUIET, busy: true } });
    expect([off(busy, "Add a freeze"), off(busy, "Add a pause")]).toEqual([true, true]);
    expect(busy).toContain('aria-busy="true"');
    expect(off(rules(), "Save")).toBe(true);
  });

  it("end a pause only where it is one now", () => {
    const from = (first: string, last: string) => rules({ pauses: [{ id: "p", from: first, to: last }] });
    expect(from("2026-11-20", "2026-11-25")).toContain("End now");
    expect(from("2026-11-01", "2026-11-20")).not.toContain("End now");
    expect(from("2026-11-22", "2026-11-25")).toContain("to come");
  });

  it("name the days that can be repaired, and from when on where none can", () => {
    const days = [missed("2026-11-15", 0), missed("2026-11-17", 3), missed("2026-11-19", 5)];
    const html = rules({ repairable: days, nextRepair: null });
    expect(html).toMatch(
      /Nov 19, 2026, makes a streak of 6 days.*Nov 17, 2026, makes.*Other missed days.*Nov 15, 2026, changes no/u,
    );
    expect(rules({ repairable: days.slice(0, 1), nextRepair: null })).toMatch(
      /1 day of the last seven missed. To repair one of them brings no streak back.*Repair one all the same/u,
    );
    expect(rules()).toContain("The next can be repaired from Nov 28, 2026 on.");
    expect(repairWords({ ...PERSON, nextRepair: null })).toBe("No day of the last seven was missed.");
  });

  it("keep what is long out of the way", () => {
    const pauses = Array.from({ length: 7 }, (_, n) => ({
      id: `p${n}`,
      from: `2026-0${n + 1}-01`,
      to: `2026-0${n + 1}-02`,
    }));
    expect(rules({ pauses })).toContain("<summary>3 older</summary>");
  });

  it("offer to try again what may not have arrived", () => {
    const outcome = { words: "Nothing came back.", again: freeze("ann", "f") };
    expect(rules({}, { statements: { ...QUIET, outcome } })).toContain("Try again");
    expect(rules()).not.toContain("Try again");
  });
});

describe("the words", () => {
  it("say what became of a freeze", () => {
    expect(PERSON.freezes.got.map(freezeWords)).toEqual([
      "Used for Nov 18, 2026, got on Nov 10, 2026",
      "Held, got on Nov 17, 2026",
    ]);
    expect(freezeWords({ id: "x", day: "2026-11-19", state: "lost", usedFor: null })).toContain("Lost");
  });

  it("refuse what is no pause, with the way out", () => {
    expect(pauseTrouble("2026-07-01", "")).toContain("Give the first day and the last day");
    expect(pauseTrouble("2026-07-02", "2026-07-01")).toContain("is before the first, Jul 2, 2026");
    expect(pauseTrouble("2026-07-01", "2026-09-28")).toBeNull();
    expect(pauseTrouble("2026-07-01", "2026-09-29")).toBe(
      "These are 91 days, and one pause has at most 90. Add another for the rest.",
    );
    const one = { id: "p", from: "2026-07-01", to: "2026-07-02" };
    expect(
      ["2026-06-30", "2026-07-01", "2026-07-02", "2026-07-03"].map((day) => pauseState(one, day)),
    ).toEqual(["to come", "now", "now", "over"]);
  });

  it.each<[Trouble, string]>([
    [closed("forbidden"), "may look at these rules and not change them: why."],
    [closed("token-expired"), "sign in again at the foot of the page."],
    [
      { kind: "failed", message: "day 2026-01-01 is too old" },
      "Nothing was changed: day 2026-01-01 is too old.",
    ],
    [{ kind: "away", message: "the disk is full.", retryMs: 1 }, "cannot take it now: the disk is full."],
    [{ kind: "away", message: "", retryMs: 1, silent: true }, "nobody knows whether this was taken"],
  ])("say of a refusal what it means: %j", (trouble, words) =>
    expect(refusalWords(trouble)).toContain(words),
  );

  it("never say that what was taken is not", () => {
    const words = unknownWords({ kind: "failed", message: "odd" });
    expect(words).toContain("Taken, and not lost.");
    expect(words).not.toContain("Nothing was changed");
    expect(behindWords(["raw", "people", "new"])).toBe("history, streaks, new");
  });
});

function closed(code: string): Trouble {
  return { kind: "access", failure: { type: "error", code, message: "why" } };
}

describe("a statement", () => {
  const signal = new AbortController().signal;
  const answering = (...answers: (() => Response)[]) => {
    const asked: string[] = [];
    const ask = (url: string, init: RequestInit) => {
      const address = new URL(url);
      asked.push(`${init.method} ${address.pathname}${address.search} ${init.body ?? ""}`.trimEnd());
      const answer = answers.shift();
      return answer === undefined ? Promise.reject(new TypeError("no answer")) : Promise.resolve(answer());
    };
    return { asked, ask: ask as typeof fetch };
  };
  const taken = (position: string) => () => Response.json({ id: "x", position }, { status: 202 });

  it.each([
    [settings("a/b", { zone: "Asia/Tokyo" }), 'PUT /api/v1/people/a%2Fb {"zone":"Asia/Tokyo"}'],
    [freeze("ann", "f1"), 'POST /api/v1/people/ann/freezes {"id":"f1"}'],
    [
      pause("ann", "p1", "2026-07-01", "2026-07-02"),
      'POST /api/v1/people/ann/pauses {"id":"p1","from":"2026-07-01","to":"2026-07-02"}',
    ],
    [repair("ann", "r1", "2026-11-20"), 'POST /api/v1/people/ann/repairs {"id":"r1","day":"2026-11-20"}'],
    [takenBack("ann", "freeze", "a/b"), "DELETE /api/v1/people/ann/freezes/a%2Fb"],
  ])("is sent as the API takes it: %#", async (statement, request) => {
    const { asked, ask } = answering(taken("gA"));
    expect(await sent(statement, null, signal, ask)).toEqual({ value: "gA" });
    expect(asked).toEqual([request]);
  });

  it("ends a pause with yesterday, by an id that is the same each time that it is sent", async () => {
    const one = { id: "p", from: "2026-11-18", to: "2026-11-30" };
    const { asked, ask } = answering(taken("gA"), taken("gB"));
    expect(await sent(endedPause("ann", one, "2026-11-21"), null, signal, ask)).toEqual({ value: "gB" });
    expect(asked).toEqual([
      'POST /api/v1/people/ann/pauses {"id":"p until 2026-11-20","from":"2026-11-18","to":"2026-11-20"}',
      "DELETE /api/v1/people/ann/pauses/p",
    ]);
    expect(endedPause("ann", { ...one, from: "2026-11-21" }, "2026-11-21").requests).toHaveLength(1);
  });

  it("is not gone on with once a part of it was refused", async () => {
    const refused = () => Response.json({ type: "urn:x:personal-event", detail: "so" }, { status: 400 });
    const { asked, ask } = answering(refused, taken("gB"));
    const one = { id: "p", from: "2026-11-18", to: "2026-11-30" };
    const answer = await sent(endedPause("ann", one, "2026-11-21"), null, signal, ask);
    expect(answer).toEqual({ trouble: { kind: "failed", message: "so" } });
    expect(asked).toHaveLength(1);
  });

  it("says that nothing came back, so that it may have arrived", async () => {
    const { ask } = answering();
    expect(await sent(freeze("ann", "f"), null, signal, ask)).toMatchObject({ trouble: { silent: true } });
  });

  it("has an id that no other has", () => {
    const ids = new Set(Array.from({ length: 100 }, newId));
    expect(ids.size).toBe(100);
    expect([...ids].every((id) => /^[0-9a-f]{32}$/u.test(id))).toBe(true);
  });

  it("is waited for until every number shows it, also past a server that is away", async () => {
    vi.useFakeTimers();
    try {
      const still = () => Response.json({ settled: false, waitingFor: [{ part: "raw" }, { part: "raw" }] });
      const away = () => Response.json({ detail: "busy" }, { status: 503 });
      const { asked, ask } = answering(still, away, () => Response.json({ settled: true, waitingFor: [] }));
      const behind = vi.fn();
      const end = settled("gA", null, signal, behind, ask);
      await vi.advanceTimersByTimeAsync(6_000);
      expect(await end).toEqual({ value: null });
      expect(behind.mock.calls).toEqual([[["raw"]]]);
      expect(asked).toEqual(Array(3).fill("GET /api/v1/settled?position=gA&wait=20"));
    } finally {
      vi.useRealTimers();
    }
  });

  it("is no longer waited for where the server refuses, or the reader leaves", async () => {
    const refused = () => Response.json({ detail: "no position" }, { status: 400 });
    const { ask } = answering(refused);
    expect(await settled("?", null, signal, () => undefined, ask)).toMatchObject({
      trouble: { kind: "failed", message: "no position" },
    });
    const left = new AbortController();
    const waiting = settled(
      "gA",
      null,
      left.signal,
      () => undefined,
      answering(() => new Response("", { status: 503 })).ask,
    );
    setTimeout(() => left.abort());
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });
});
