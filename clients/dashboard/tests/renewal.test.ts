import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepRenewed, renewalOf } from "../src/session.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const HOUR = 3_600_000;

function jwt(claims: Record<string, unknown>): string {
  const text = btoa(JSON.stringify(claims)).replace(/\+/gu, "-").replace(/\//gu, "_").replace(/=/gu, "");
  return `e30.${text}.sig`;
}

function lasting(ms: number, renewable = 24 * HOUR): string {
  return jwt({ exp: (NOW + ms) / 1000, renewUntil: (NOW + renewable) / 1000 });
}

/** A server that gives these answers, one after the other. */
function server(...answers: Response[]) {
  const asked: string[] = [];
  const ask: typeof fetch = async (url, init) => {
    asked.push(`${init?.method} ${String(url)} ${new Headers(init?.headers).get("authorization")}`);
    return answers.shift() ?? new Response(null, { status: 500 });
  };
  return { ask, asked };
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("renewalOf", () => {
  it("is halfway to the end", () => {
    expect(renewalOf(lasting(2 * HOUR), NOW)).toBe(NOW + HOUR);
  });

  it.each([
    ["an API key", "slk_abcdefgh23_secret"],
    ["no token", "nonsense"],
    ["one without an end", jwt({ renewUntil: NOW })],
    ["one that may not be renewed", jwt({ exp: NOW / 1000 + 60 })],
    ["one that was renewed to the last", lasting(HOUR, HOUR)],
    ["one that has ended", lasting(-1)],
  ])("is never for %s", (_, token) => {
    expect(renewalOf(token, NOW)).toBeNull();
  });
});

describe("keepRenewed", () => {
  it("asks with the old token at half of its time and hands the new one on", async () => {
    const renewed = vi.fn();
    const token = lasting(2 * HOUR);
    const { ask, asked } = server(Response.json({ token: "new", expires: "" }));
    keepRenewed(token, renewed, ask);
    await vi.advanceTimersByTimeAsync(HOUR - 1);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual([`POST http://localhost/api/v1/token Bearer ${token}`]);
    expect(renewed).toHaveBeenCalledExactlyOnceWith("new");
  });

  it("asks a server that is away again, and not one that refuses", async () => {
    const renewed = vi.fn();
    const { ask, asked } = server(
      new Response(null, { status: 503, headers: { "retry-after": "7" } }),
      Response.json({ type: "urn:streakline:problem:not-renewable" }, { status: 403 }),
    );
    keepRenewed(lasting(2 * HOUR), renewed, ask);
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(10 * HOUR);
    expect(asked).toHaveLength(2);
    expect(renewed).not.toHaveBeenCalled();
  });

  it("asks nothing any more once the page has another token", async () => {
    const { ask, asked } = server();
    keepRenewed(lasting(2 * HOUR), () => {}, ask)();
    await vi.advanceTimersByTimeAsync(10 * HOUR);
    expect(asked).toEqual([]);
  });
});
