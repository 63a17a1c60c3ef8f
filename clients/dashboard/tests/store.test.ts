import type { Connection } from "@streakline/web";
import { describe, expect, it, vi } from "vitest";
import { createStore, healthOf, INITIAL, reduce } from "../src/store.ts";

const CONNECTED: Connection = { state: "connected", code: 1000, reason: "socket open" };

function connecting(attempt: number): Connection {
  return { state: "connecting", attempt, retryAt: null, code: 1006, reason: "" };
}

describe("reduce", () => {
  it("keeps the data while the connection comes and goes", () => {
    const data = { activeUsers: 3 };
    const before = reduce(INITIAL, { type: "overview", data, at: 7 });
    const after = reduce(before, { type: "connection", connection: connecting(1) });
    expect(after).toMatchObject({ overview: data, updatedAt: 7 });
  });

  it("forgets a refusal when data arrives", () => {
    const failure = { type: "error", code: "no", message: "no" } as const;
    const refused = reduce(INITIAL, { type: "failure", failure });
    expect(refused.failure).toBe(failure);
    expect(reduce(refused, { type: "overview", data: {}, at: 1 }).failure).toBeNull();
  });

  it("lets a refused token explain the topics refused after it", () => {
    const first = { type: "error", code: "token-expired", message: "it has expired" } as const;
    const then = { type: "error", code: "forbidden", message: "needs a token" } as const;
    const state = reduce(reduce(INITIAL, { type: "failure", failure: first }), {
      type: "failure",
      failure: then,
    });
    expect(state.failure).toBe(first);
  });

  it("takes the newest arrival of any topic for the time of the last update", () => {
    const first = reduce(INITIAL, { type: "overview", data: {}, at: 1 });
    expect(reduce(first, { type: "topPlays", data: {}, at: 2 }).updatedAt).toBe(2);
  });
});

describe("healthOf", () => {
  it.each([
    [CONNECTED, true, "live"],
    [connecting(0), false, "connecting"],
    [connecting(1), true, "reconnecting"],
    [connecting(4), true, "offline"],
    [connecting(4), false, "offline"],
    [{ state: "disconnected", code: 4401, reason: "" } as Connection, true, "offline"],
  ])("tells the reader what %o means", (connection, wasConnected, health) => {
    expect(healthOf({ connection, wasConnected, failure: null })).toBe(health);
  });

  it("is not live for a reader whom the server refuses the numbers", () => {
    const failure = { type: "error", code: "forbidden", message: "no" } as const;
    expect(healthOf({ connection: CONNECTED, wasConnected: true, failure })).toBe("refused");
  });
});

describe("createStore", () => {
  it("applies each action at once and tells listeners once a frame", () => {
    const frames: (() => void)[] = [];
    const store = createStore((draw) => frames.push(draw));
    const listener = vi.fn();
    store.subscribe(listener);
    for (const at of [1, 2, 3]) store.dispatch({ type: "overview", data: { activeUsers: at }, at });
    expect(store.get().overview).toEqual({ activeUsers: 3 });
    expect(listener).not.toHaveBeenCalled();
    expect(frames).toHaveLength(1);
    frames[0]?.();
    expect(listener).toHaveBeenCalledTimes(1);
    store.dispatch({ type: "overview", data: {}, at: 4 });
    expect(frames).toHaveLength(2);
  });

  it("is silent to those who left", () => {
    const store = createStore((draw) => draw());
    const listener = vi.fn();
    store.subscribe(listener)();
    store.dispatch({ type: "connection", connection: CONNECTED });
    expect(listener).not.toHaveBeenCalled();
  });
});
