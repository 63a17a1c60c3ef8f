import { describe, expect, it } from "vitest";
import { askWhyRefused, reasonOf } from "../src/refusal.ts";
import { INITIAL, reduce } from "../src/store.ts";

const ORIGIN = "https://example.org";
const ask = (answer: () => Promise<Response>) =>
  askWhyRefused("https://example.org/api/live", ORIGIN, new AbortController().signal, answer as typeof fetch);

describe("a socket that does not open", () => {
  it("is explained by the origin where the server refuses that", async () => {
    const failure = await ask(() => Promise.resolve(new Response("", { status: 403 })));
    expect(failure?.code).toBe("socket-origin");
    expect(failure?.message).toContain(ORIGIN);
  });

  it("is explained by a dropped Upgrade where a request without one is answered", async () => {
    const failure = await ask(() => Promise.resolve(new Response("", { status: 405 })));
    expect(failure?.code).toBe("socket-upgrade");
  });

  it.each([200, 404, 502, 503, 504])("is not explained by a status %i of something else", (status) => {
    expect(reasonOf(status, ORIGIN)).toBeNull();
  });

  it("is not explained where nobody answers", async () => {
    expect(await ask(() => Promise.reject(new TypeError("failed to fetch")))).toBeNull();
  });

  it("is forgotten when one opens, or the server goes away, and hides nothing else", () => {
    const failure = reasonOf(405, ORIGIN);
    const told = reduce(INITIAL, { type: "socket", failure });
    expect(told.failure).toBe(failure);
    const connection = { state: "connected", code: 1000, reason: "" } as const;
    expect(reduce(told, { type: "connection", connection }).failure).toBeNull();
    expect(reduce(told, { type: "socket", failure: null }).failure).toBeNull();
    const other = { type: "error", code: "definitions", message: "no" } as const;
    const kept = reduce(INITIAL, { type: "failure", failure: other });
    expect(reduce(kept, { type: "socket", failure: null }).failure).toBe(other);
  });
});
